package tenancy

import (
	"container/list"
	"reflect"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// prepared is a statement that a server process knows by name. It was prepared
// under one tenant's path and runs under no other: a statement whose path
// differs from the one it last ran under is analysed and planned anew.
type prepared struct {
	name, sql string
	params    pgconn.StatementDescription // the types of its parameters, no more
	fields    []pgconn.FieldDescription
	formats   []int16 // of fields
	doubtful  bool
	plans     []pgtype.ScanPlan // how the last caller had its columns scanned
	into      []reflect.Type    // and into what
}

// preparedCache holds the statements of one server process by tenant and text.
// It is bounded twice: a process keeps so many in all, those of the tenant that
// it has not seen for longest go first; and one tenant has a share of these at
// most, so that generated SQL pushes out nothing but itself.
//
// What has left the cache is closed on the server by the next trip that
// prepares something: there is always one, as only a new statement pushes out.
type preparedCache struct {
	max, share int
	tenants    map[string]*list.Element // of order, by schema
	order      list.List                // *tenantCache, last used first
	size       int
	names      uint64   // given so far; none is given twice
	gone       []string // names that the server still knows
}

type tenantCache struct {
	schema     string
	statements map[string]*list.Element // of order, by text
	order      list.List                // *prepared, last used first
}

func newPreparedCache(size int) preparedCache {
	return preparedCache{max: max(size, 4), share: max(size/4, 2), tenants: map[string]*list.Element{}}
}

// get returns nil for a statement that has to be prepared.
func (c *preparedCache) get(schema, sql string) *prepared {
	t, ok := c.tenants[schema]
	if !ok {
		return nil
	}
	tenant := t.Value.(*tenantCache)
	s, ok := tenant.statements[sql]
	if !ok {
		return nil
	}
	c.order.MoveToFront(t)
	tenant.order.MoveToFront(s)
	return s.Value.(*prepared)
}

// newName is short, as it is sent with each use.
func (c *preparedCache) newName() string {
	c.names++
	return "s" + strconv.FormatUint(c.names, 36)
}

// put keeps a statement, and lets go of another one where there are too many.
func (c *preparedCache) put(schema string, s *prepared) {
	t, ok := c.tenants[schema]
	if !ok {
		t = c.order.PushFront(&tenantCache{schema: schema, statements: map[string]*list.Element{}})
		c.tenants[schema] = t
	}
	c.order.MoveToFront(t)
	tenant := t.Value.(*tenantCache)
	if old, ok := tenant.statements[s.sql]; ok {
		c.remove(t, old)
	}
	tenant.statements[s.sql] = tenant.order.PushFront(s)
	if c.size++; len(tenant.statements) > c.share {
		c.remove(t, tenant.order.Back())
	}
	for c.size > c.max {
		last := c.order.Back()
		c.remove(last, last.Value.(*tenantCache).order.Back())
		c.drop(last)
	}
}

// forget lets go of all statements of a tenant.
func (c *preparedCache) forget(schema string) {
	t, ok := c.tenants[schema]
	if !ok {
		return
	}
	for tenant := t.Value.(*tenantCache); tenant.order.Len() > 0; {
		c.remove(t, tenant.order.Back())
	}
	c.drop(t)
}

func (c *preparedCache) remove(t, s *list.Element) {
	tenant := t.Value.(*tenantCache)
	statement := tenant.order.Remove(s).(*prepared)
	delete(tenant.statements, statement.sql)
	c.gone = append(c.gone, statement.name)
	c.size--
}

// drop removes a tenant that has no statements.
func (c *preparedCache) drop(t *list.Element) {
	if tenant := t.Value.(*tenantCache); tenant.order.Len() == 0 {
		delete(c.tenants, tenant.schema)
		c.order.Remove(t)
	}
}
