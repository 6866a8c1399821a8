// Package intl formats numbers and dates, compares text and picks plural forms as ECMA-402 has it. It is plain Go and
// knows no script engine. Data of numbers, collation and plurals comes from golang.org/x/text for all its locales;
// dates are known in the few locales of date_data.go, and a request for another is answered in en-US, as the
// specification wants where a locale is missing. What it can't do is an error, never a wrong result.
package intl
