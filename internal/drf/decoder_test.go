package drf_test

import (
	"encoding/json"
	"testing"

	"example.org/plio/internal/drf"
)

// thing has a field of each sort of demand.
type thing struct {
	name, title, note drf.Opt[string]
	owner             drf.Opt[int64]
	public            drf.Opt[bool]
}

func readThing(b *drf.Body, partial bool) (in thing, err error) {
	d := b.Decoder(partial)
	d.String("name", &in.name, drf.Max(5))
	d.String("title", &in.title, drf.Max(5), drf.Null(), drf.Optional())
	d.String("note", &in.note, drf.Blank(), drf.Optional())
	d.PK("owner", &in.owner, drf.Null(), drf.Optional())
	d.Bool("public", &in.public, drf.Optional())
	return in, d.Err()
}

func set[T any](v T) drf.Opt[T]  { return drf.Opt[T]{Set: true, Value: v} }
func null[T any]() drf.Opt[T]    { return drf.Opt[T]{Set: true, Null: true} }
func nothing[T any]() drf.Opt[T] { return drf.Opt[T]{} }
func one(name string) thing      { return thing{name: set(name)} }
func with(f func(in *thing)) thing {
	in := one("n")
	f(&in)
	return in
}

func TestABodySaysLeavesOutOrNullsAField(t *testing.T) {
	t.Parallel()
	private := with(func(in *thing) { in.public = set(false) })
	for _, c := range []struct {
		contentType, body string
		partial           bool
		want              thing
	}{
		{jsonType, `{"name":" n ","unknown":[1e999,"\u0000"]}`, false, one("n")},
		{jsonType, `{}`, true, thing{}},
		{jsonType, `{"title":null}`, true, thing{title: null[string]()}},
		{jsonType, `{"name":"a","name":"n"}`, false, one("n")},
		{jsonType, `{"name":"n","title":null,"note":"","owner":"7","public":"yes"}`, false,
			thing{set("n"), null[string](), set(""), set[int64](7), set(true)}},
		{jsonType, `{"name":"n","owner":""}`, false, with(func(in *thing) { in.owner = null[int64]() })},
		// What a form does not have of a box is not ticked; what is empty in it is
		// null where that may be, and else nothing.
		{formType, "name=n", false, private},
		{formType, "", true, thing{}},
		{formType, "name=n&public=on", false, with(func(in *thing) { in.public = set(true) })},
		{formType, "name=n&title=&note=&owner=", false,
			thing{set("n"), null[string](), set(""), null[int64](), set(false)}},
		{formType, "name=n&public=", false, one("n")},
	} {
		got, err := readThing(read(t, c.contentType, c.body), c.partial)
		if err != nil || got != c.want {
			t.Errorf("%s, partial %t: got %+v, %v; want %+v", c.body, c.partial, got, err, c.want)
		}
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		contentType, body string
		partial           bool
		want              string
	}{
		{jsonType, ``, false, `{"name":["This field is required."]}`},
		{jsonType, `{"name":null,"note":null,"owner":"x","public":"maybe"}`, false,
			`{"name":["This field may not be null."],"note":["This field may not be null."],` +
				`"owner":["Incorrect type. Expected pk value, received str."],"public":["Must be a valid boolean."]}`},
		{jsonType, `{"name":"  ","title":"abcdef\u0000"}`, true,
			`{"name":["This field may not be blank."],"title":["Ensure this field has no more than 5 characters.","Null characters are not allowed."]}`},
		{formType, `name=&title=abcdef`, false,
			`{"name":["This field may not be blank."],"title":["Ensure this field has no more than 5 characters."]}`},
		{jsonType, `[]`, false, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},
		{jsonType, `"x"`, true, `{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}`},
		{jsonType, `5`, false, `{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}`},
		{jsonType, `5e0`, false, `{"non_field_errors":["Invalid data. Expected a dictionary, but got float."]}`},
		{jsonType, `false`, false, `{"non_field_errors":["Invalid data. Expected a dictionary, but got bool."]}`},
		{jsonType, `null`, false, `{"non_field_errors":["No data provided"]}`},
	} {
		got, err := readThing(read(t, c.contentType, c.body), c.partial)
		if status, body := told(t, err); status != 400 || body != c.want {
			t.Errorf("%s: got %d %s, want %s", c.body, status, body, c.want)
		}
		if got.public = nothing[bool](); got != (thing{}) { // a form says that
			t.Errorf("%s: %+v is set, though it is wrong", c.body, got)
		}
	}
}

func TestACallerAddsWhatItFound(t *testing.T) {
	t.Parallel()
	var user, plio drf.Opt[int64]
	d := read(t, jsonType, `{"user":"99","plio":7}`).Decoder(false)
	d.PK("user", &user)
	d.PK("plio", &plio)
	if err := d.Err(); err != nil || user != set[int64](99) || plio != set[int64](7) {
		t.Fatalf("got %v %v, %v", user, plio, err)
	}
	d.NoSuchPK("user")
	d.NoSuchPK("plio")
	d.Add("plio", "And more.")
	const want = `{"plio":["Invalid pk \"7\" - object does not exist.","And more."],"user":["Invalid pk \"99\" - object does not exist."]}`
	if status, body := told(t, d.Err()); status != 400 || body != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
}

func TestAnOptionalValueHasADefaultOrAPointer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		opt     drf.Opt[string]
		or      string
		pointer bool
	}{{set("x"), "x", true}, {set(""), "", true}, {null[string](), "default", false}, {nothing[string](), "default", false}} {
		p := c.opt.Pointer()
		if c.opt.Or("default") != c.or || (p != nil) != c.pointer || p != nil && *p != c.or {
			t.Errorf("%+v: got %q, %v", c.opt, c.opt.Or("default"), p)
		}
	}
}

func TestJSONOfAFieldIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ contentType, body, want string }{
		{jsonType, `{"f":{"b":[1, 2.0],"a":null}}`, `{"b":[1,2.0],"a":null}`},
		{jsonType, `{"f":"text"}`, `"text"`},
		{jsonType, `{"f":0}`, `0`},
		{jsonType, `{"f":false}`, `false`},
		{jsonType, `{"f":null}`, `null`},
		{jsonType, `{}`, ``},
		{formType, `f={"a":+1e2}`, `{"a":100.0}`},
		{formType, `f=null`, `null`},
		{formType, `g=`, ``},
		{jsonType, `{"f":["\u0000"]}`, `{"f":["Null characters are not allowed."]}`},
		{jsonType, `{"f":{"\udfff":1},"g":"\ud800"}`, `{"f":["Surrogate characters are not allowed: U+DFFF."]}`},
		{jsonType, `{"f":[1e400]}`, `{"f":["Value must be valid JSON."]}`},
		{formType, `f=`, `{"f":["Value must be valid JSON."]}`},
		{formType, `f=NaN`, `{"f":["Value must be valid JSON."]}`},
	} {
		var f drf.Opt[json.RawMessage]
		d := read(t, c.contentType, c.body).Decoder(true)
		d.JSON("f", &f)
		got := string(f.Value)
		if _, body := told(t, d.Err()); body != "" {
			got = body
		} else if f.Null {
			got = "null"
		}
		if got != c.want || f.Null && (!f.Set || f.Value != nil) {
			t.Errorf("%s: got %s (%+v), want %s", c.body, got, f, c.want)
		}
	}
}
