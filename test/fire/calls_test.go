package fire_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// what may come of a hostile call, by what the Worker does. Others' deeds in a shared isolate may end any.
var (
	cpu    = `Worker exceeded CPU time limit\.`
	stack  = `Maximum call stack size exceeded`
	memory = `Worker exceeded memory limit\.|Invalid string length|Array buffer allocation failed|` + cpu
	lost   = `isolate lost: .* \(in another call of Worker "(hostile|silent|greedy)", which shared this isolate\)`

	outcomes = map[string]string{
		"loop": cpu, "microtasks": cpu, "jobs": cpu, "later": cpu, "timer": cpu, "stubborn": cpu, "calls": cpu, "stream": cpu,
		"never": `code had hung and would never generate a response|wall time limit`, "pending": `wall time limit`,
		"deep": stack + `|` + cpu, "caught": `answered 200 caught RangeError|` + stack + `|` + cpu,
		"throws": `TypeError: thrown by TOKEN`, "rejects": `RangeError: rejected by TOKEN`,
		"unhandled": `answered 200 all is well`, "after": `answered 200 answered`, "shares": `answered 200 shared TOKEN`,
		"double": memory, "concat": memory, "push": memory, "map": memory, "buffers": memory,
	}
	// deeds are those whose outcome a caller over a binding is told within the limit of CPU time.
	deeds = []string{
		"loop", "microtasks", "jobs", "later", "timer", "stubborn", "calls", "stream", "deep", "caught", "throws", "rejects",
		"unhandled", "after", "shares",
	}
	// greed takes memory until it is stopped. Doubling strings does too, but for long where there are few processors.
	greed = []string{"concat", "push", "map", "buffers"}
)

// judge says whether text is what a hostile deed may come to.
func judge(how, token, text string) error {
	want := strings.ReplaceAll(outcomes[how], "TOKEN", regexp.QuoteMeta(token))
	if ok, err := regexp.MatchString(`^(?s:.*)(`+want+`|`+lost+`)`, text); err != nil || !ok {
		return fmt.Errorf("%s came to %q, want %s", how, text, want)
	}
	return nil
}

// client sends one call after the other.
type client struct {
	fire  *fire
	rand  *rand.Rand
	id    string
	n     int
	doing string // for messages
}

// token is a name for the next call.
func (c *client) token() string {
	c.n++
	return fmt.Sprintf("%s.%d", c.id, c.n)
}

// input is what the handlers of front are given.
type input struct {
	Token   string `json:"token"`
	Delays  [3]int `json:"delays"`
	Service string `json:"service,omitempty"`
	How     string `json:"how,omitempty"`
}

// output is what they answer.
type output struct {
	Token, Digest, Fired, Caught string
	Parts                        []string
	Ticks                        int
	Trail                        []stamp
}

func (c *client) delays() (d [3]int) {
	for i := range d {
		if c.rand.IntN(2) == 0 {
			d[i] = c.rand.IntN(8)
		}
	}
	return d
}

// answered is a call's answer.
type answered struct {
	status int
	header http.Header
	body   []byte
	err    error // of the call, or of its body
	floor  int
}

// send sends a call and reads the answer. body is sent as it comes if it is no *bytes.Reader.
func (c *client) send(ctx context.Context, worker, path string, body io.Reader, headers ...string) (a answered) {
	c.doing = worker + path
	a.floor = c.fire.history.floor()
	req, err := http.NewRequestWithContext(ctx, "POST", c.fire.url+path, body)
	if err != nil {
		a.err = err
		return a
	}
	req.Host = worker + ".test"
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.fire.client.Do(req)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	a.body, a.err = io.ReadAll(resp.Body)
	return a
}

func jsonBody(v any) *bytes.Reader {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a struct of strings and numbers always marshals
	}
	return bytes.NewReader(b)
}

// ask has front do something and checks what every answer has.
func (c *client) ask(ctx context.Context, kind string, in input, workers ...string) (out output, err error) {
	a := c.send(ctx, "front", "/"+kind, jsonBody(in))
	if a.err != nil {
		return out, a.err
	}
	if a.status != 200 {
		return out, fmt.Errorf("status %d: %.400s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &out); err != nil {
		return out, fmt.Errorf("%w: %.400s", err, a.body)
	}
	if out.Token != in.Token {
		return out, fmt.Errorf("the answer is that of %q", out.Token)
	}
	return out, c.trail(a, out.Trail, workers...)
}

// trail checks who answered.
func (c *client) trail(a answered, trail []stamp, workers ...string) error {
	var got []string
	for _, s := range trail {
		got = append(got, s.Worker)
	}
	if !slices.Equal(got, workers) {
		return fmt.Errorf("answered by %v, want %v", got, workers)
	}
	exact := -1
	if text := a.header.Get(generationHeader); text != "" {
		if _, err := fmt.Sscan(text, &exact); err != nil {
			return err
		}
	}
	return c.fire.history.check(trail, a.floor, exact)
}

// generationHeader is where a target that knows says which composition a call began on.
const generationHeader = "X-Fire-Composition"

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (c *client) chain(ctx context.Context) error {
	in := input{Token: c.token(), Delays: c.delays()}
	out, err := c.ask(ctx, "chain", in, "leaf", "middle", "front")
	if err == nil && out.Digest != digest(in.Token) {
		err = fmt.Errorf("digest %s, want %s", out.Digest, digest(in.Token))
	}
	return err
}

func (c *client) parallel(ctx context.Context) error {
	in := input{Token: c.token(), Delays: c.delays()}
	out, err := c.ask(ctx, "parallel", in, "leaf", "leaf", "leaf", "front", "front")
	want := []string{in.Token + "-0", in.Token + "-1", in.Token + "-2", in.Token + "-self"}
	if err == nil && !slices.Equal(out.Parts, want) {
		err = fmt.Errorf("parts %v, want %v", out.Parts, want)
	}
	return err
}

func (c *client) timers(ctx context.Context) error {
	out, err := c.ask(ctx, "timers", input{Token: c.token()}, "front")
	if err == nil && (out.Fired != "0,a,b" || out.Ticks != 3) {
		err = fmt.Errorf("timers fired %s, %d ticks", out.Fired, out.Ticks)
	}
	return err
}

func (c *client) wait(ctx context.Context) error {
	in := input{Token: c.token(), Delays: c.delays()}
	c.fire.pledges.expect("late " + in.Token + "-late")
	_, err := c.ask(ctx, "wait", in, "front")
	return err
}

func (c *client) guarded(ctx context.Context) error {
	in := input{Token: c.token(), Delays: c.delays(), Service: "HOSTILE", How: deeds[c.rand.IntN(len(deeds))]}
	switch c.rand.IntN(8) {
	case 0:
		in.Service, in.How = "SILENT", "never"
	case 1:
		in.Service, in.How = "GREEDY", greed[c.rand.IntN(len(greed))]
	}
	out, err := c.ask(ctx, "guarded", in, "leaf", "front")
	c.doing += " " + in.How
	if err != nil {
		return err
	}
	if !slices.Equal(out.Parts, []string{in.Token + "-beside"}) {
		return fmt.Errorf("parts %v", out.Parts)
	}
	return judge(in.How, in.Token, out.Caught)
}

func (c *client) abort(ctx context.Context) error {
	out, err := c.ask(ctx, "abort", input{Token: c.token(), Delays: c.delays()}, "front")
	if err == nil && out.Caught != "AbortError" {
		err = fmt.Errorf("caught %s, want AbortError", out.Caught)
	}
	return err
}

// noise is a deterministic body, given out in pieces of changing size.
type noise struct {
	rand *rand.Rand
	left int
	sum  []byte // what was given out
}

func newNoise(seed uint64, size int) *noise {
	return &noise{rand: rand.New(rand.NewPCG(seed, 0)), left: size}
}

func (n *noise) Read(p []byte) (int, error) {
	if n.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), n.left, 1+n.rand.IntN(20_000))]
	for i := range p {
		p[i] = byte(n.rand.Uint32())
	}
	n.left -= len(p)
	n.sum = append(n.sum, p...)
	return len(p), nil
}

func (c *client) stream(ctx context.Context) error {
	token, key, size := c.token(), byte(c.rand.IntN(256)), c.rand.IntN(200_000)
	sent := newNoise(c.rand.Uint64(), size)
	line := fmt.Sprintf("counted %s %d", token, size)
	c.fire.pledges.expect(line)
	a := c.send(ctx, "front", "/stream", io.MultiReader(sent), "X-Token", token, "X-Key", fmt.Sprint(key))
	c.doing += fmt.Sprintf(" of %d bytes", size)
	if a.err != nil {
		return fmt.Errorf("after %d bytes: %w", len(a.body), a.err)
	}
	if a.status != 200 || a.header.Get("X-Echo") != token {
		return fmt.Errorf("status %d, x-echo %q: %.400s", a.status, a.header.Get("X-Echo"), a.body)
	}
	for i := range sent.sum {
		sent.sum[i] += key
	}
	if !bytes.Equal(a.body, sent.sum) {
		return fmt.Errorf("the body differs: %d bytes of %d", len(a.body), size)
	}
	var trail []stamp
	if err := json.Unmarshal([]byte("["+strings.Join(a.header.Values("X-Trail"), ",")+"]"), &trail); err != nil {
		return err
	}
	return c.trail(a, trail, "leaf", "middle", "front")
}
