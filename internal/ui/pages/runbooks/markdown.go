package runbooks

import (
	"strings"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// markdown draws the Markdown that books are written in: headings, lists, quotes, fenced code, **strong** and `code`. What it does not know is written as it is.
func markdown(e *page.Env, text string, w int) []string {
	var out []string
	fenced := ""
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		if fence := strings.Repeat("`", leading(trimmed, '`')); len(fence) >= 3 && (fenced == "" || strings.HasPrefix(fence, fenced)) {
			if fenced == "" {
				fenced = fence
			} else {
				fenced = ""
			}
			continue
		}
		if fenced != "" {
			out = append(out, wrapped(e, line, w, 3, 3, style.Accent)...)
			continue
		}
		indent := len(line) - len(trimmed)
		switch {
		case trimmed == "":
			out = append(out, e.Pen(w).Line())
		case strings.HasPrefix(trimmed, "#"):
			out = append(out, wrapped(e, strings.TrimLeft(trimmed, "# "), w, 1, 1, style.Strong)...)
		case strings.HasPrefix(trimmed, "|"):
			if parts := strings.Split(strings.Trim(trimmed, "|"), "|"); len(parts) == 2 && strings.TrimSpace(parts[0]) != "" && !strings.HasPrefix(parts[0], "--") {
				pen := e.Pen(w).Space(2)
				pen.Column(18).Put(style.Muted, strings.TrimSpace(parts[0])).EndColumn()
				out = append(out, pen.Space(1).Put(style.Text, plain(strings.TrimSpace(parts[1]))).Line())
			}
		case strings.HasPrefix(trimmed, "- "):
			out = append(out, wrapped(e, "• "+trimmed[2:], w, 1+indent, 3+indent, style.Text)...)
		case strings.HasPrefix(trimmed, ">"):
			out = append(out, wrapped(e, strings.TrimPrefix(strings.TrimPrefix(trimmed, ">"), " "), w, 3, 3, style.Muted)...)
		default:
			out = append(out, wrapped(e, trimmed, w, 1+indent, 1+indent, style.Text)...)
		}
	}
	return out
}

func leading(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// plain takes the marks of emphasis and code away.
func plain(s string) string {
	return strings.NewReplacer("**", "", "`", "", "&lt;", "<", "\\|", "|").Replace(s)
}

// wrapped writes a paragraph: the first line after some cells, the others after some more.
func wrapped(e *page.Env, text string, w, first, rest int, role style.Role) []string {
	var out []string
	for i, part := range block.Wrap(plain(text), max(w-rest-1, 10)) {
		in := rest
		if i == 0 {
			in = first
		}
		out = append(out, e.Pen(w).Space(in).Put(role, part).Line())
	}
	return out
}
