package words

import "dsotop/internal/platform"

// FindingTitle is the sentence of a finding.
func (s *Set) FindingTitle(f platform.Finding) string { return f.ID }

// EvidenceText is one piece of evidence in words; "" when it has none.
func (s *Set) EvidenceText(_ platform.Finding, e platform.Evidence) string { return e.Text }
