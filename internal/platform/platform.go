// Package platform holds the nouns of Cloud π Native and pure judgements on them: no I/O, no clock of its own,
// no terminal. A noun is what a system said, cleaned of control characters by the source that read it;
// it keeps the system's own words (statuses are text, unknown ones included) and knows how to classify them.
//
// Nouns are values that nobody changes once they are in the store: treat slices and maps in them as read-only.
package platform
