package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
)

// experiment is a file of experiments/, read.
type experiment struct {
	file, name string
	arms       []arm // those whose plio is known
	extra      json.RawMessage
	notes
}

// arm is a plio and the share of learners, in percent, that see it.
type arm struct {
	plio  string // uuid
	share float64
}

func (e experiment) key() string { return importKey(e.file) }

// linkEnd is the plio's id at the end of a link.
var linkEnd = regexp.MustCompile(`([A-Za-z0-9]+)/?(?:\?.*)?$`)

// parseExperiment reads experiments/<id>.json. The links stay in extra, since
// no column holds them.
func parseExperiment(file string, known func(uuid string) bool, b []byte) (experiment, error) {
	e := experiment{file: file}
	o, err := parseObject(b)
	if err != nil {
		return e, err
	}
	details, err := o.object("details")
	if err != nil {
		return e, err
	}
	if e.name, err = e.fitting(details, "name", "details.name"); err != nil {
		return e, in("details", err)
	}
	if e.name == "" {
		return e, errors.New("details.name is missing")
	}
	if err := e.setArms(details, known); err != nil {
		return e, in("details", err)
	}
	o.put("details", details, len(details) > 0)
	e.extra = o.json()
	return e, nil
}

func (e *experiment) setArms(o object, known func(uuid string) bool) error {
	links, err := e.listOf(o, "links")
	if err != nil {
		return err
	}
	shares, err := e.listOf(o, "split-percentages")
	if err != nil {
		return err
	}
	if len(links) != len(shares) {
		return badValue{"split-percentages", fmt.Sprintf("has %d shares for %d links", len(shares), len(links))}
	}
	for i, raw := range links {
		link, err := asText(at("links", i), raw)
		if err != nil {
			return err
		}
		where := at("split-percentages", i)
		share, err := asNumber(where, shares[i])
		if err != nil {
			return err
		}
		if share < 0 || share > 1 {
			return badValue{where, fmt.Sprintf("is %s, not a share from 0 to 1", shares[i])}
		}
		m := linkEnd.FindStringSubmatch(link)
		if m == nil || !known(m[1]) {
			e.note("links[%d] leads to no plio that came in: kept as JSON", i)
			continue
		}
		e.arms = append(e.arms, arm{m[1], exact(shares[i], big.NewRat(100, 1))})
	}
	return nil
}

// listOf reads a list and leaves it where it is.
func (e *experiment) listOf(o object, key string) ([]json.RawMessage, error) {
	if isNull(o[key]) {
		return nil, nil
	}
	return asList(key, o[key])
}
