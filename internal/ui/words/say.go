package words

import "dsotop/internal/platform"

// FindingTitle is the sentence of a finding in this language.
func (s *Set) FindingTitle(f platform.Finding) string { return FindingTitle(s.Tag, f) }

// EvidenceText is one piece of evidence in words; "" when it has none.
func (s *Set) EvidenceText(e platform.Evidence) string { return FindingWhy(s.Tag, e) }

// RuleName names a rule of findings in this language.
func (s *Set) RuleName(id string) string { title, _ := FindingRule(s.Tag, id); return title }
