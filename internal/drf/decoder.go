package drf

// Opt is a field that a body may leave out. Null, and Value, tell more only
// where Set. A field that is wrong is not set.
type Opt[T any] struct {
	Set, Null bool
	Value     T
}

// Or returns the value, or otherwise where there is none.
func (o Opt[T]) Or(otherwise T) T {
	if !o.Set || o.Null {
		return otherwise
	}
	return o.Value
}

// Pointer returns the value, or nil where there is none.
func (o Opt[T]) Pointer() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.Value
}

// Option says what else a field may be.
type Option func(*rules)

type rules struct {
	optional, null, blank bool
	longest               int
	least                 *int64
}

// Optional lets a body leave the field out.
func Optional() Option { return func(r *rules) { r.optional = true } }

// Null lets the field be null.
func Null() Option { return func(r *rules) { r.null = true } }

// Blank lets a string be empty.
func Blank() Option { return func(r *rules) { r.blank = true } }

// Max is how many characters a string may have, without the blanks around it.
func Max(characters int) Option { return func(r *rules) { r.longest = characters } }

// Min is the least that an integer may be.
func Min(least int64) Option { return func(r *rules) { r.least = &least } }

// Decoder reads the fields of a body into typed ones, and collects what is
// wrong with all of them. Fields that nobody reads are ignored.
type Decoder struct {
	body    *Body
	partial bool
	wrong   Fields
	sent    map[string]string // the references, as the body has them
}

// Decoder returns a decoder of the body's fields. Of a partial body (PATCH)
// none is required.
func (b *Body) Decoder(partial bool) *Decoder {
	d := &Decoder{body: b, partial: partial, wrong: Fields{}, sent: map[string]string{}}
	if why := b.notObject(); why != "" {
		d.wrong.Add(WholeObject, why)
		d.body, d.partial = &Body{form: &form{}}, true // no field is to blame
	}
	return d
}

// Add adds a message that the caller found.
func (d *Decoder) Add(field, message string) { d.wrong.Add(field, message) }

// Err returns all that is wrong as one answer, or nil.
func (d *Decoder) Err() error { return d.wrong.Err() }

// kind is a sort of fields: how a value becomes one of them, and what is
// special about the values that say nothing.
type kind[T any] struct {
	convert func(v value, r rules) (T, []string)
	absent  string // message where a required one is missing
	// To most, an empty text of a form is null or absent. To JSON it is a text,
	// and to references it is always null.
	keepsEmpty, emptyIsNull bool
	// A form leaves out a box that is not ticked.
	box bool
}

func (k kind[T]) read(d *Decoder, name string, into *Opt[T], options []Option) {
	var r rules
	for _, option := range options {
		option(&r)
	}
	v, ok := d.body.field(name)
	null := ok && v.isNull()
	if ok && v.form && v.file == nil && v.text == "" && !k.keepsEmpty && !r.blank {
		null = r.null
		ok = r.null || !r.optional
	} else if !ok && k.box && d.body.form != nil && !d.partial {
		*into = Opt[T]{Set: true, Null: r.null}
		return
	}
	if k.emptyIsNull && ok && v.kind() == "str" && v.str() == "" {
		null = true
	}
	switch {
	case !ok && (d.partial || r.optional):
	case !ok:
		d.wrong.Add(name, k.absent)
	case null && r.null:
		*into = Opt[T]{Set: true, Null: true}
	case null:
		d.wrong.Add(name, "This field may not be null.")
	default:
		converted, messages := k.convert(v, r)
		if len(messages) > 0 {
			d.wrong.Add(name, messages...)
			return
		}
		*into = Opt[T]{Set: true, Value: converted}
	}
}
