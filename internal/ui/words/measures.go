package words

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// What SonarQube measures, in words: the keys of its metrics, as the gates, their conditions and the findings name them, and its values.

// onNewCode stands before the key of a metric that looks at new code only.
const onNewCode = "new_"

// AllCode is the metric of all code that stands for one of new code; any other is itself.
func AllCode(metric string) string { return strings.TrimPrefix(metric, onNewCode) }

// Metric names a metric of SonarQube by its key; one that is not known keeps its key.
func (s *Set) Metric(key string) string {
	if french(s.Tag) {
		return metricName(frenchMetrics, key, " du code neuf")
	}
	return metricName(englishMetrics, key, " of new code")
}

// MetricShort is Metric for a column without much room.
func (s *Set) MetricShort(key string) string {
	if french(s.Tag) {
		return metricName(frenchMetrics, key, " (neuf)")
	}
	return metricName(englishMetrics, key, " (new)")
}

func metricName(table map[string]string, key, fresh string) string {
	if name, ok := table[key]; ok {
		return name
	}
	if name, ok := table[AllCode(key)]; ok {
		return name + fresh
	}
	return key
}

// Measure writes a value of SonarQube as people read it: shares with their sign, ratings as letters, work as hours, numbers in the language's
// form. What is no number stays as it is.
func (s *Set) Measure(metric, value string) string {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	switch {
	case strings.HasSuffix(metric, "_rating") && v >= 1 && v <= 5:
		return string(rune('A' + int(v) - 1))
	case strings.HasSuffix(metric, "sqale_index"), strings.HasSuffix(metric, "technical_debt"), strings.HasSuffix(metric, "_remediation_effort"): // minutes of work
		return s.Lasted(time.Duration(v * float64(time.Minute)))
	case strings.HasSuffix(metric, "coverage"), strings.HasSuffix(metric, "_ratio"), strings.HasSuffix(metric, "_density"), strings.HasSuffix(metric, "_reviewed"):
		return s.Dec(v, 1) + s.Form.Percent
	case v == float64(int(v)):
		return s.Int(int(v))
	}
	return s.Dec(v, 1)
}

// Measured is the value of a condition beside its threshold: "41 % < 80 %".
func (s *Set) Measured(c platform.GateCondition) string {
	return s.Measure(c.Metric, c.Value) + " " + c.Sign() + " " + s.Measure(c.Metric, c.Threshold)
}

//nolint:gochecknoglobals // a table that nothing changes
var frenchMetrics = map[string]string{
	"alert_status": "barrière de qualité",

	"coverage": "couverture", "line_coverage": "couverture des lignes", "branch_coverage": "couverture des branches",
	"lines_to_cover": "lignes à couvrir", "uncovered_lines": "lignes non couvertes", "conditions_to_cover": "conditions à couvrir", "uncovered_conditions": "conditions non couvertes",
	"tests": "tests", "test_errors": "tests en erreur", "test_failures": "tests en échec", "skipped_tests": "tests ignorés", "test_success_density": "tests réussis",

	"bugs": "bogues", "vulnerabilities": "vulnérabilités", "security_hotspots": "points sensibles", "security_hotspots_reviewed": "points sensibles revus", "code_smells": "défauts de code",
	"violations": "défauts", "blocker_violations": "défauts bloquants", "critical_violations": "défauts critiques", "major_violations": "défauts majeurs", "minor_violations": "défauts mineurs", "info_violations": "défauts pour information",
	"open_issues": "défauts ouverts", "reopened_issues": "défauts rouverts", "confirmed_issues": "défauts confirmés", "accepted_issues": "défauts acceptés", "false_positive_issues": "faux positifs", "prioritized_rule_issues": "défauts de règles prioritaires",

	"reliability_rating": "note de fiabilité", "security_rating": "note de sécurité", "security_review_rating": "note de revue", "sqale_rating": "note de maintenabilité", "maintainability_rating": "note de maintenabilité",
	"reliability_issues": "défauts de fiabilité", "security_issues": "défauts de sécurité", "maintainability_issues": "défauts de maintenabilité",
	"reliability_remediation_effort": "effort de fiabilité", "security_remediation_effort": "effort de sécurité",
	"sqale_index": "dette technique", "technical_debt": "dette technique", "sqale_debt_ratio": "part de dette",

	"ncloc": "lignes de code", "lines": "lignes", "files": "fichiers", "functions": "fonctions", "complexity": "complexité", "cognitive_complexity": "complexité cognitive",
	"comment_lines": "lignes de commentaire", "comment_lines_density": "commentaires",
	"duplicated_lines_density": "duplication", "duplicated_lines": "lignes dupliquées", "duplicated_blocks": "blocs dupliqués", "duplicated_files": "fichiers dupliqués",

	// Of the mode of several qualities, the usual one since 10.8.
	"software_quality_reliability_rating": "note de fiabilité", "software_quality_security_rating": "note de sécurité", "software_quality_maintainability_rating": "note de maintenabilité",
	"software_quality_reliability_issues": "défauts de fiabilité", "software_quality_security_issues": "défauts de sécurité", "software_quality_maintainability_issues": "défauts de maintenabilité",
	"software_quality_blocker_issues": "défauts bloquants", "software_quality_high_issues": "défauts hauts", "software_quality_medium_issues": "défauts moyens", "software_quality_low_issues": "défauts bas", "software_quality_info_issues": "défauts pour information",
	"software_quality_reliability_remediation_effort": "effort de fiabilité", "software_quality_security_remediation_effort": "effort de sécurité", "software_quality_maintainability_remediation_effort": "dette technique",
	"software_quality_maintainability_debt_ratio": "part de dette",
}

//nolint:gochecknoglobals // a table that nothing changes
var englishMetrics = map[string]string{
	"alert_status": "quality gate",

	"coverage": "coverage", "line_coverage": "line coverage", "branch_coverage": "branch coverage",
	"lines_to_cover": "lines to cover", "uncovered_lines": "uncovered lines", "conditions_to_cover": "conditions to cover", "uncovered_conditions": "uncovered conditions",
	"tests": "tests", "test_errors": "test errors", "test_failures": "test failures", "skipped_tests": "skipped tests", "test_success_density": "tests passed",

	"bugs": "bugs", "vulnerabilities": "vulnerabilities", "security_hotspots": "security hotspots", "security_hotspots_reviewed": "hotspots reviewed", "code_smells": "code smells",
	"violations": "issues", "blocker_violations": "blocker issues", "critical_violations": "critical issues", "major_violations": "major issues", "minor_violations": "minor issues", "info_violations": "info issues",
	"open_issues": "open issues", "reopened_issues": "reopened issues", "confirmed_issues": "confirmed issues", "accepted_issues": "accepted issues", "false_positive_issues": "false positives", "prioritized_rule_issues": "issues of prioritised rules",

	"reliability_rating": "reliability rating", "security_rating": "security rating", "security_review_rating": "review rating", "sqale_rating": "maintainability rating", "maintainability_rating": "maintainability rating",
	"reliability_issues": "reliability issues", "security_issues": "security issues", "maintainability_issues": "maintainability issues",
	"reliability_remediation_effort": "reliability effort", "security_remediation_effort": "security effort",
	"sqale_index": "technical debt", "technical_debt": "technical debt", "sqale_debt_ratio": "debt ratio",

	"ncloc": "lines of code", "lines": "lines", "files": "files", "functions": "functions", "complexity": "complexity", "cognitive_complexity": "cognitive complexity",
	"comment_lines": "comment lines", "comment_lines_density": "comments",
	"duplicated_lines_density": "duplication", "duplicated_lines": "duplicated lines", "duplicated_blocks": "duplicated blocks", "duplicated_files": "duplicated files",

	"software_quality_reliability_rating": "reliability rating", "software_quality_security_rating": "security rating", "software_quality_maintainability_rating": "maintainability rating",
	"software_quality_reliability_issues": "reliability issues", "software_quality_security_issues": "security issues", "software_quality_maintainability_issues": "maintainability issues",
	"software_quality_blocker_issues": "blocker issues", "software_quality_high_issues": "high issues", "software_quality_medium_issues": "medium issues", "software_quality_low_issues": "low issues", "software_quality_info_issues": "info issues",
	"software_quality_reliability_remediation_effort": "reliability effort", "software_quality_security_remediation_effort": "security effort", "software_quality_maintainability_remediation_effort": "technical debt",
	"software_quality_maintainability_debt_ratio": "debt ratio",
}
