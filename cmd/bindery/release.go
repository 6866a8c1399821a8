package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type releaseCommand struct {
	List     releaseListCommand     `cmd:"" help:"List the last releases."`
	Show     releaseShowCommand     `cmd:"" help:"Show a release: what it changed, who made it, when, what for."`
	Rollback releaseRollbackCommand `cmd:"" help:"Undo a release by a new one."`
}

type releaseListCommand struct {
	Limit int32 `default:"20" help:"How many at most."`
}

// Help implements kong.HelpProvider.
func (releaseListCommand) Help() string {
	return `The newest first. The last 20 are kept.

Examples:
  bindery release list
  bindery release list --limit 1 --output json`
}

// Run lists the releases on stdout.
func (c *releaseListCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		answer, err := r.ListReleases(r.ctx, &binderyv1.ListReleasesRequest{PageSize: c.Limit})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) {
			if len(answer.GetReleases()) == 0 {
				fmt.Fprintln(w, "No releases yet: make one with bindery deploy.")
				return
			}
			table := [][]string{{"RELEASE", "TIME", "AUTHOR", "WORKERS", "MESSAGE"}}
			for _, x := range answer.GetReleases() {
				var names []string
				for _, change := range x.GetChanges() {
					names = append(names, change.GetWorker())
				}
				table = append(table, []string{
					fmt.Sprint(x.GetNumber()), timeText(x), x.GetAuthor(), shortList(names), orDash(x.GetMessage()),
				})
			}
			rows(w, table)
		})
	})
}

// shortList is the first names of a list.
func shortList(names []string) string {
	const shown = 4
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return strings.Join(names, ", ")
}

func timeText(r *binderyv1.Release) string {
	if r.GetCreateTime() == nil {
		return "-"
	}
	return r.GetCreateTime().AsTime().Local().Format(time.DateTime)
}

type releaseShowCommand struct {
	Release int64 `arg:"" optional:"" help:"Its number. Default: the last."`
}

// Help implements kong.HelpProvider.
func (releaseShowCommand) Help() string {
	return `Examples:
  bindery release show
  bindery release show 12`
}

// Run shows the release on stdout.
func (c *releaseShowCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		answer, err := r.GetRelease(r.ctx, &binderyv1.GetReleaseRequest{Number: c.Release})
		if err != nil {
			return err
		}
		x := answer.GetRelease()
		return e.show(x, func(w io.Writer) {
			fmt.Fprintf(w, "%-9s%d\n%-9s%s\n%-9s%s\n", "Release", x.GetNumber(), "Time", timeText(x), "Author", oneLine(x.GetAuthor()))
			if x.GetMessage() != "" {
				fmt.Fprintf(w, "%-9s%s\n", "Message", oneLine(x.GetMessage()))
			}
			if x.GetRollsBack() > 0 {
				fmt.Fprintf(w, "%-9srelease %d\n", "Undoes", x.GetRollsBack())
			}
			fmt.Fprintln(w)
			showChanges(w, x)
		})
	})
}

type releaseRollbackCommand struct {
	Release int64  `arg:"" optional:"" help:"The release to undo. Default: the last."`
	Message string `short:"m" placeholder:"TEXT" help:"What for. Default: rollback of release N."`
	Author  string `placeholder:"NAME" help:"Who. Default: the user's name."`
}

// Help implements kong.HelpProvider.
func (releaseRollbackCommand) Help() string {
	return `The Workers that the release changed get the versions they had before it, by a new release that is planned and checked like any other. A
Worker that it added is deleted, unless others bind to it. A version has its secrets, as it has its vars: the secrets of these Workers become
what they were before the release, and the answer names those that change by it.

Examples:
  bindery release rollback
  bindery release rollback 12 --message "the new prices were wrong"`
}

// Run makes the new release.
func (c *releaseRollbackCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		number := c.Release
		if number == 0 { // named here, so that a retry undoes the same one
			last, err := r.GetRelease(r.ctx, &binderyv1.GetReleaseRequest{})
			if err != nil {
				return err
			}
			number = last.GetRelease().GetNumber()
		}
		answer, err := r.Rollback(r.ctx, &binderyv1.RollbackRequest{
			RequestId: client.NewRequestID(), Number: number, Message: c.Message, Author: author(c.Author),
		})
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}

// showRelease prints what came of a change.
func (e *env) showRelease(r *binderyv1.Release) error {
	return e.show(r, func(w io.Writer) {
		if r.GetNumber() > 0 {
			fmt.Fprintf(w, "Release %d\n\n", r.GetNumber())
		}
		showChanges(w, r)
	})
}

func showChanges(w io.Writer, r *binderyv1.Release) {
	if len(r.GetChanges()) > 0 {
		table := [][]string{{"WORKER", "VERSION", "WAS"}}
		for _, c := range r.GetChanges() {
			after := short(c.GetAfter())
			if c.GetAfter() == "" {
				after = "deleted"
			}
			table = append(table, []string{c.GetWorker(), after, short(c.GetBefore())})
		}
		rows(w, table)
	}
	for _, note := range r.GetNotes() {
		fmt.Fprintf(w, "\n  Note: %s\n", oneLine(note))
	}
}
