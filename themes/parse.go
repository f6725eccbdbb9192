package themes

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Problem is one thing wrong with a theme file.
type Problem struct {
	File   string // its name in the folder
	Line   int    // 0 when it concerns the whole file
	Path   string // "dark.role.text"; "" when it concerns the whole file
	fr, en string
}

// Text is the sentence in "fr" or "en", without the place.
func (p Problem) Text(lang string) string {
	text, colon := p.en, ": "
	if lang == "fr" {
		text, colon = p.fr, " : "
	}
	if p.Path == "" || strings.HasPrefix(text, p.Path) {
		return text
	}
	return p.Path + colon + text
}

// Where is "file:line" or "file".
func (p Problem) Where() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return p.File
}

// draft is a theme that may still lack what it inherits.
type draft struct {
	file  string
	theme Theme
	lines map[string]int
}

// say tells a problem at the line of a path, or of the nearest path around it.
func (d draft) say(path, fr, en string) Problem {
	return Problem{File: d.file, Line: d.lineOf(path), Path: path, fr: fr, en: en}
}

func (d draft) lineOf(path string) int {
	for path != "" {
		if n := d.lines[path]; n > 0 {
			return n
		}
		at := strings.LastIndexByte(path, '.')
		if at < 0 {
			return 0
		}
		path = path[:at]
	}
	return 0
}

// The file as it is written: what is not said is nil, and comes from elsewhere.
type (
	rawTheme struct {
		Name     string      `toml:"name"`
		Inherits string      `toml:"inherits"`
		Contrast *float64    `toml:"contrast"`
		Dark     *rawVariant `toml:"dark"`
		Light    *rawVariant `toml:"light"`
		Neutral  *rawVariant `toml:"neutral"`
	}
	rawVariant struct {
		Reference []string            `toml:"reference"`
		Role      map[string]rawPaint `toml:"role"`
		Surface   map[string]rawPaint `toml:"surface"`
	}
	rawPaint struct {
		Default   bool   `toml:"default"`
		Hex       string `toml:"hex"`
		X256      *int   `toml:"x256"`
		Ansi      *int   `toml:"ansi"`
		Bold      bool   `toml:"bold"`
		Underline bool   `toml:"underline"`
	}
)

// DefaultContrast is what a theme promises that does not say, as WCAG 2 asks of texts.
const DefaultContrast = 4.5

// parse reads one file strictly and tells every mistake at once. Roles that are not said are not mistakes yet.
func parse(file string, data []byte) (draft, []Problem) {
	d := draft{file: file, lines: linesOf(data)}
	var raw rawTheme
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&raw); err != nil {
		var strict *toml.StrictMissingError
		var syntax *toml.DecodeError
		switch {
		case errors.As(err, &strict):
			var out []Problem
			for _, e := range strict.Errors {
				line, _ := e.Position()
				key := strings.Join(e.Key(), ".")
				out = append(out, Problem{File: file, Line: line, Path: key, fr: "clé inconnue", en: "unknown key"})
			}
			return d, out
		case errors.As(err, &syntax):
			line, _ := syntax.Position()
			text := strings.TrimPrefix(syntax.Error(), "toml: ")
			return d, []Problem{{File: file, Line: line, Path: strings.Join(syntax.Key(), "."), fr: "TOML incorrect : " + text, en: "not valid TOML: " + text}}
		}
		return d, []Problem{{File: file, fr: err.Error(), en: err.Error()}}
	}
	d.theme = Theme{Name: raw.Name, Inherits: raw.Inherits}
	var out []Problem
	if raw.Contrast != nil {
		if d.theme.Contrast = *raw.Contrast; d.theme.Contrast < 1 || d.theme.Contrast > 21 {
			out = append(out, d.say("contrast", "un rapport de 1 à 21 est attendu", "a ratio from 1 to 21 is expected"))
		}
	}
	for name, v := range map[string]*rawVariant{"dark": raw.Dark, "light": raw.Light, "neutral": raw.Neutral} {
		if v == nil {
			continue
		}
		made := &Variant{Reference: v.Reference, Role: map[string]Paint{}, Surface: map[string]Paint{}}
		for _, hex := range v.Reference {
			out = append(out, d.hex(name+".reference", hex)...)
		}
		out = append(out, d.paints(name+".role", v.Role, Roles(), made.Role)...)
		out = append(out, d.paints(name+".surface", v.Surface, Surfaces(), made.Surface)...)
		switch name {
		case "dark":
			d.theme.Dark = made
		case "light":
			d.theme.Light = made
		case "neutral":
			d.theme.Neutral = made
		}
	}
	slices.SortStableFunc(out, func(a, b Problem) int { return a.Line - b.Line })
	return d, out
}

func (d draft) paints(where string, got map[string]rawPaint, known []string, into map[string]Paint) (out []Problem) {
	for _, name := range slices.Sorted(maps.Keys(got)) {
		p, path := got[name], where+"."+name
		if !slices.Contains(known, name) {
			out = append(out, d.say(path, "rôle inconnu ; rôles possibles : "+strings.Join(known, ", "), "unknown role; possible roles: "+strings.Join(known, ", ")))
			continue
		}
		made := Paint{Default: p.Default, Hex: p.Hex, Ansi: -1, Bold: p.Bold, Underline: p.Underline}
		if p.Default {
			if p.Hex != "" || p.X256 != nil || p.Ansi != nil {
				out = append(out, d.say(path, "default = true va sans hex, x256 ni ansi", "default = true goes without hex, x256 and ansi"))
			}
			into[name] = made
			continue
		}
		if wrong := d.hex(path, p.Hex); wrong != nil {
			out = append(out, wrong...)
		} else if p.X256 == nil {
			made.X256 = nearest(made)
		}
		if p.X256 != nil {
			if made.X256 = *p.X256; made.X256 < 16 || made.X256 > 255 {
				out = append(out, d.say(path, fmt.Sprintf("x256 va de 16 à 255, pas %d", made.X256), fmt.Sprintf("x256 must be 16 to 255, is %d", made.X256)))
			}
		}
		if p.Ansi != nil {
			if made.Ansi = *p.Ansi; made.Ansi < -1 || made.Ansi > 15 {
				out = append(out, d.say(path, fmt.Sprintf("ansi va de -1 à 15, pas %d", made.Ansi), fmt.Sprintf("ansi must be -1 to 15, is %d", made.Ansi)))
			}
		}
		into[name] = made
	}
	return out
}

func (d draft) hex(path, hex string) []Problem {
	if len(hex) == 7 && hex[0] == '#' {
		if _, err := strconv.ParseUint(hex[1:], 16, 32); err == nil {
			return nil
		}
	}
	return []Problem{d.say(path, fmt.Sprintf("« %s » n'est pas une couleur de la forme #rrvvbb", hex), fmt.Sprintf("%q is not a colour of the form #rrggbb", hex))}
}

// nearest is the number among the 256 whose colour is the least far.
func nearest(p Paint) int {
	r, g, b := p.RGB()
	best, least := 16, 1<<30
	for n := 16; n < 256; n++ {
		x, y, z := Paint{Hex: XTerm(n)}.RGB()
		dr, dg, db := int(r)-int(x), int(g)-int(y), int(b)-int(z)
		if far := 2*dr*dr + 4*dg*dg + 3*db*db; far < least {
			best, least = n, far
		}
	}
	return best
}

// inherit takes from a parent what the draft does not say. A role that is said is the draft's whole.
func (d *draft) inherit(parent Theme) {
	if d.theme.Contrast == 0 {
		d.theme.Contrast = parent.Contrast
	}
	take := func(mine, theirs *Variant) *Variant {
		if mine == nil || theirs == nil {
			if mine == nil {
				return theirs
			}
			return mine
		}
		out := &Variant{Reference: mine.Reference, Role: maps.Clone(theirs.Role), Surface: maps.Clone(theirs.Surface)}
		if len(out.Reference) == 0 {
			out.Reference = theirs.Reference
		}
		maps.Copy(out.Role, mine.Role)
		maps.Copy(out.Surface, mine.Surface)
		return out
	}
	t := &d.theme
	t.Dark, t.Light, t.Neutral = take(t.Dark, parent.Dark), take(t.Light, parent.Light), take(t.Neutral, parent.Neutral)
}

// missing tells what the theme still lacks.
func (d *draft) missing() (out []Problem) {
	if d.theme.Contrast == 0 {
		d.theme.Contrast = DefaultContrast
	}
	have := d.theme.variants()
	if len(have) == 0 {
		return []Problem{d.say("", "il faut [dark], [light], [neutral] ou « inherits »", "needs [dark], [light], [neutral] or “inherits”")}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		v := have[name]
		if len(v.Reference) == 0 {
			out = append(out, d.say(name+".reference", "donnez au moins un fond sur lequel juger le contraste", "give at least one background to judge contrast on"))
		}
		for _, kind := range []string{"role", "surface"} {
			got, names := v.Role, Roles()
			if kind == "surface" {
				got, names = v.Surface, Surfaces()
			}
			var lack []string
			for _, n := range names {
				if _, ok := got[n]; !ok {
					lack = append(lack, n)
				}
			}
			if len(lack) > 0 {
				list := strings.Join(lack, ", ")
				out = append(out, d.say(name+"."+kind, "manquent (ou « inherits = \"dark\" ») : "+list, "missing (or “inherits = \"dark\"”): "+list))
			}
		}
	}
	return out
}

func faultFR(f Fault) string {
	if f.Own {
		return "couleur propre du terminal, sur une surface peinte"
	}
	return fmt.Sprintf("%s sur %s a un contraste de %.2f, moins que %.1f", f.Text, f.Ground, f.Has, f.Want)
}

// linesOf notes at which line each key of a file stands. It reads tables and plain keys, which is how themes are written.
func linesOf(data []byte) map[string]int {
	out := map[string]int{}
	table := ""
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "["); ok {
			table, _, _ = strings.Cut(rest, "]")
			out[table] = n + 1
			continue
		}
		key, _, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		key = strings.Trim(strings.TrimSpace(key), `"`)
		if table != "" {
			key = table + "." + key
		}
		if out[key] == 0 {
			out[key] = n + 1
		}
	}
	return out
}
