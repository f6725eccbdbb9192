package runbook

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/ext"
)

// costLimit bounds an evaluation: a condition over a thousand pods costs some ten thousand, one that multiplies lists by lists is refused.
const costLimit = 5_000_000

// Cond is a compiled CEL expression over the facts. It is safe for concurrent use.
type Cond struct {
	Text string
	// Needs are the families of facts it reads: it is unknown as long as one of them is.
	Needs []Need
	// Refs are what it reads of param, answer and result.
	Refs []Ref
	// Paths are the facts it reads by name ("project.status"), to be shown with their values.
	Paths   []*Cond
	program cel.Program
	paths   []string
}

// Need is a family of facts that an expression reads; Of tells whose: "environment" or the project ("").
type Need struct{ Family, Of string }

// Ref is a name read of one of the maps of a run: In is param, answer or result.
type Ref struct{ In, Name string }

// language makes and keeps the CEL environment: one per process is enough, and it takes a few milliseconds to make.
//
//nolint:gochecknoglobals // a function that remembers
var language = sync.OnceValues(newLanguage)

func newLanguage() (*cel.Env, error) {
	opts := []cel.EnvOption{
		ext.Strings(ext.StringsVersion(3)), ext.Lists(ext.ListsVersion(2)),
		cel.Variable("param", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("answer", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("result", cel.MapType(cel.StringType, cel.DoubleType)),
		cel.DefaultUTCTimeZone(true), cel.CrossTypeNumericComparisons(true), // value < 10 is what people write
	}
	opts = append(opts, cel.Function("sum", cel.MemberOverload("list_double_sum", []*cel.Type{cel.ListType(cel.DoubleType)}, cel.DoubleType, cel.UnaryBinding(sum))))
	facts := reflect.TypeFor[Facts]()
	opts = append(opts, ext.NativeTypes(facts, ext.ParseStructTags(true)))
	for f := range facts.Fields() {
		opts = append(opts, cel.Variable(f.Tag.Get("cel"), celType(f.Type)))
	}
	return cel.NewEnv(opts...)
}

// sum adds the numbers of a list; CEL has none.
func sum(list ref.Val) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(list)
	}
	total := types.Double(0)
	for it := l.Iterator(); it.HasNext() == types.True; {
		n, ok := it.Next().(types.Double)
		if !ok {
			return types.NewErr("sum: not a number")
		}
		total += n
	}
	return total
}

func celType(t reflect.Type) *cel.Type {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return cel.TimestampType
	case t.Kind() == reflect.Slice:
		return cel.ListType(celType(t.Elem()))
	case t.Kind() == reflect.Struct:
		return cel.ObjectType("runbook." + t.Name())
	case t.Kind() == reflect.Bool:
		return cel.BoolType
	case t.Kind() == reflect.Int64:
		return cel.IntType
	case t.Kind() == reflect.Float64:
		return cel.DoubleType
	}
	return cel.StringType
}

// exprError is a mistake in an expression; Line and Column are within its text, 1-based.
type exprError struct {
	Line, Column int
	Say          Text
}

func (e *exprError) Error() string { return e.Say.EN }

// compile makes an expression of a type: "bool", "text" (anything that can be written) .
func compile(text, want string) (*Cond, error) {
	c, err := compileOne(text, want)
	if err != nil {
		return nil, err
	}
	for _, p := range c.paths {
		if one, err := compileOne(p, "text"); err == nil {
			c.Paths = append(c.Paths, one)
		}
	}
	return c, nil
}

func compileOne(text, want string) (*Cond, error) {
	env, err := language()
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &exprError{Line: max(first.Location.Line(), 1), Column: first.Location.Column() + 1, Say: explain(first.Message)}
	}
	out := checked.OutputType()
	if want == "bool" && !out.IsExactType(cel.BoolType) && !out.IsExactType(cel.DynType) {
		return nil, &exprError{Line: 1, Column: 1, Say: Text{FR: "ceci donne : " + out.String() + " ; une condition (vraie ou fausse) est attendue", EN: "this is a " + out.String() + "; a condition (true or false) is expected"}}
	}
	if want == "text" && (out.Kind() == types.StructKind || out.Kind() == types.MapKind) {
		return nil, &exprError{Line: 1, Column: 1, Say: Text{FR: out.String() + " ne s'écrit pas dans un texte ; prenez-en un champ", EN: "a " + out.String() + " cannot be written in a text; take one of its members"}}
	}
	program, err := env.Program(checked, cel.CostLimit(costLimit), cel.InterruptCheckFrequency(100))
	if err != nil {
		return nil, err
	}
	c := &Cond{Text: text, program: program}
	c.read(checked.NativeRep())
	return c, nil
}

// read notes which families and which names an expression reads.
func (c *Cond) read(a *ast.AST) {
	facts := reflect.TypeFor[Facts]()
	family := map[string]string{}
	for f := range facts.Fields() {
		name := f.Tag.Get("cel")
		if n := f.Tag.Get("needs"); n != "" {
			family[name] = n
		}
	}
	ast.PreOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if n := family[e.AsIdent()]; n != "" {
				c.need(Need{Family: n})
			}
		case ast.SelectKind:
			s := e.AsSelect()
			if s.Operand().Kind() == ast.IdentKind {
				c.ref(s.Operand().AsIdent(), s.FieldName())
				c.path(s.Operand().AsIdent(), s.FieldName(), a.GetType(e.ID()))
			}
			if t, ok := a.GetType(s.Operand().ID()), true; ok && t != nil {
				if n, of := memberNeed(t.TypeName(), s.FieldName()); n != "" {
					c.need(Need{Family: n, Of: of})
				}
			}
		case ast.CallKind:
			call := e.AsCall()
			if call.FunctionName() == operators.Index && len(call.Args()) == 2 && call.Args()[0].Kind() == ast.IdentKind && call.Args()[1].Kind() == ast.LiteralKind {
				if name, ok := call.Args()[1].AsLiteral().Value().(string); ok {
					c.ref(call.Args()[0].AsIdent(), name)
				}
			}
		}
	}))
}

// path notes a fact that is one value.
func (c *Cond) path(root, member string, t *types.Type) {
	if _, fact := reflect.TypeFor[Facts]().FieldByNameFunc(func(n string) bool {
		f, _ := reflect.TypeFor[Facts]().FieldByName(n)
		return f.Tag.Get("cel") == root
	}); !fact || t == nil {
		return
	}
	switch t.Kind() {
	case types.BoolKind, types.IntKind, types.DoubleKind, types.StringKind, types.TimestampKind:
		if p := root + "." + member; !slices.Contains(c.paths, p) {
			c.paths = append(c.paths, p)
		}
	}
}

func (c *Cond) need(n Need) {
	if !slices.Contains(c.Needs, n) {
		c.Needs = append(c.Needs, n)
	}
}

func (c *Cond) ref(in, name string) {
	if r := (Ref{in, name}); slices.Contains([]string{"param", "answer", "result"}, in) && !slices.Contains(c.Refs, r) {
		c.Refs = append(c.Refs, r)
	}
}

// memberNeed returns the family of a member of a fact, and whose it is.
func memberNeed(typ, field string) (family, of string) {
	for _, t := range factTypes() {
		if "runbook."+t.Name() != typ {
			continue
		}
		for f := range t.Fields() {
			if f.Tag.Get("cel") == field {
				if t == reflect.TypeFor[Environment]() {
					of = "environment"
				}
				return f.Tag.Get("needs"), of
			}
		}
	}
	return "", ""
}

// factTypes lists the structs of facts, the root first.
func factTypes() []reflect.Type {
	out := []reflect.Type{reflect.TypeFor[Facts]()}
	for i := 0; i < len(out); i++ {
		for f := range out[i].Fields() {
			t := f.Type
			if t.Kind() == reflect.Slice {
				t = t.Elem()
			}
			if t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// Scope of an evaluation: facts, and the values of the run.
type values struct {
	facts  *Facts
	params map[string]any
	answer map[string]string
	result map[string]float64
}

func (v values) activation() map[string]any {
	out := map[string]any{"param": v.params, "answer": v.answer, "result": v.result}
	rv := reflect.ValueOf(v.facts).Elem()
	for i := range rv.NumField() {
		out[rv.Type().Field(i).Tag.Get("cel")] = rv.Field(i).Interface()
	}
	return out
}

// errValue is an evaluation that has no value: an index out of range, a name that is not there yet.
var errValue = errors.New("the expression has no value") //nolint:gochecknoglobals // a sentinel

func (c *Cond) eval(v values) (ref.Val, error) {
	out, _, err := c.program.Eval(v.activation())
	if err != nil {
		return nil, fmt.Errorf("%w: %s", errValue, err.Error())
	}
	return out, nil
}

// holds evaluates a condition.
func (c *Cond) holds(v values) (bool, error) {
	out, err := c.eval(v)
	if err != nil {
		return false, err
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("%w: it gave a %s", errValue, out.Type().TypeName())
	}
	return b, nil
}

// text evaluates an expression to what is written.
func (c *Cond) text(v values) (string, error) {
	out, err := c.eval(v)
	if err != nil {
		return "", err
	}
	return written(out), nil
}

func written(v ref.Val) string {
	switch x := v.Value().(type) {
	case string:
		return x
	case float64:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", x), "0"), ".")
	case time.Time:
		if x.IsZero() {
			return "–"
		}
		return x.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	if list, ok := v.Value().([]ref.Val); ok {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = written(e)
		}
		return strings.Join(parts, ", ")
	}
	if native, err := v.ConvertToNative(reflect.TypeFor[[]string]()); err == nil {
		if list, ok := native.([]string); ok {
			return strings.Join(list, ", ")
		}
	}
	return fmt.Sprint(v.Value())
}
