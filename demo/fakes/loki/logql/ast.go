// Package logql reads and evaluates the part of LogQL that people and dashboards use: selectors, line filters, parsers, label
// filters and formats, ranges with and without unwrap, aggregations and arithmetic. Its errors are worded as Loki's.
package logql

import (
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Expr is a query: a [*Log] or one of the metric expressions.
type Expr interface{ expr() }

// Log is a selector with its pipeline.
type Log struct {
	Matchers []*labels.Matcher
	stages   []stage
}

// rangeAgg is rate(…[5m]) and its like.
type rangeAgg struct {
	op       string
	param    float64 // of quantile_over_time
	log      *Log
	unwrap   *unwrap
	interval time.Duration
	offset   time.Duration
	group    *grouping
}

// unwrap takes a sample's value from a label.
type unwrap struct {
	label, conv string // conv: "", duration, duration_seconds, bytes
	post        []stage
}

type grouping struct {
	without bool
	names   []string
}

// vectorAgg is sum by (…) (…) and its like.
type vectorAgg struct {
	op    string
	param int
	in    Expr
	group *grouping
}

// binary is arithmetic, a comparison or a set operation.
type binary struct {
	op       string
	boolean  bool
	on       bool // names are of on(…); else of ignoring(…)
	names    []string
	lhs, rhs Expr
}

type literal struct{ v float64 }

// vector is vector(1): one sample without labels.
type vector struct{ v float64 }

func (*Log) expr()       {}
func (*rangeAgg) expr()  {}
func (*vectorAgg) expr() {}
func (*binary) expr()    {}
func (literal) expr()    {}
func (vector) expr()     {}
