package ui

import (
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pages/actions"
	"dsotop/internal/ui/pages/alerts"
	"dsotop/internal/ui/pages/application"
	"dsotop/internal/ui/pages/change"
	"dsotop/internal/ui/pages/commit"
	"dsotop/internal/ui/pages/environment"
	"dsotop/internal/ui/pages/fleet"
	"dsotop/internal/ui/pages/gitops"
	"dsotop/internal/ui/pages/images"
	"dsotop/internal/ui/pages/logs"
	"dsotop/internal/ui/pages/metrics"
	"dsotop/internal/ui/pages/onboarding"
	"dsotop/internal/ui/pages/perf"
	"dsotop/internal/ui/pages/pipelines"
	"dsotop/internal/ui/pages/pod"
	"dsotop/internal/ui/pages/pods"
	"dsotop/internal/ui/pages/project"
	"dsotop/internal/ui/pages/quality"
	"dsotop/internal/ui/pages/runbooks"
	"dsotop/internal/ui/pages/sources"
	"dsotop/internal/ui/pages/timeline"
	"dsotop/internal/ui/pages/trace"
)

// Pages lists every kind of page, in the order of the main screens: one line a page. Help is made by the root.
func Pages() []page.Entry {
	return []page.Entry{
		fleet.Entry(1),
		environment.Entry(0),
		project.Entry(0),
		pipelines.Entry(2),
		pipelines.EntryOne(0),
		trace.Entry(0),
		quality.Entry(3),
		quality.EntryOne(0),
		images.Entry(10),
		images.EntryOne(0),
		gitops.Entry(4),
		application.Entry(0),
		pods.Entry(5),
		pod.Entry(0),
		logs.Entry(6),
		metrics.Entry(7),
		alerts.Entry(8),
		alerts.EntryOne(0),
		timeline.Entry(0),
		onboarding.Entry(0),
		commit.Entry(0),
		change.Entry(0),
		sources.Entry(0),
		actions.Entry(0),
		perf.Entry(0),
		runbooks.Entry(9),
		runbooks.EntryRun(0),
	}
}
