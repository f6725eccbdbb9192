package world

import (
	"math"
	"strconv"
	"time"
)

// httpMetrics are what the web applications of some projects tell of their requests, under the names that client libraries give by
// default. Others tell nothing, as on the real platform.
func httpMetrics() map[string]metric {
	return map[string]metric{
		"http_requests_total": eachHTTP(func(x *one, emit func(more map[string]string, v func(time.Time) float64)) {
			for _, code := range []struct {
				code  string
				share float64
			}{{"200", 0.93}, {"304", 0.05}, {"404", 0.015}, {"500", x.failing()}} {
				emit(map[string]string{"code": code.code, "method": "get"}, func(t time.Time) float64 { return math.Floor(x.requests(t) * code.share) })
			}
		}),
		"http_request_duration_seconds_bucket": eachHTTP(func(x *one, emit func(more map[string]string, v func(time.Time) float64)) {
			for _, b := range []struct {
				le    float64
				share float64
			}{{0.01, 0.12}, {0.05, 0.55}, {0.1, 0.8}, {0.25, 0.93}, {0.5, 0.97}, {1, 0.99}, {2.5, 0.997}, {math.Inf(1), 1}} {
				le := strconv.FormatFloat(b.le, 'g', -1, 64)
				emit(map[string]string{"le": le, "method": "get"}, func(t time.Time) float64 { return math.Floor(x.requests(t) * b.share) })
			}
		}),
	}
}

// requests is the counter of requests: some sixty for each second of CPU.
func (x *one) requests(t time.Time) float64 { return x.cpuTotal(t) * 60 }

// failing is the share of requests that fail: more where containers are killed.
func (x *one) failing() float64 {
	if x.starved {
		return 0.04
	}
	return 0.002
}

// eachHTTP makes a metric of the pods of the web applications of guichet, portail and agendaprefs.
func eachHTTP(of func(x *one, emit func(more map[string]string, v func(time.Time) float64))) metric {
	telling := map[string]bool{"guichet": true, "portail": true, "agendaprefs": true}
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		c.eachOne(func(n *Namespace, tenant string, x *one) {
			if n.Environment == nil || !telling[n.Environment.Project.Slug] || x.x.Kind != "Deployment" || x.pod == nil {
				return
			}
			of(x, func(more map[string]string, v func(time.Time) float64) {
				l := podLabels(map[string]string{}, n, x)
				l["container"], l["job"] = x.spec.Name, x.x.Name
				for k, w := range more {
					l[k] = w
				}
				emit(l, tenant, func(t time.Time) float64 {
					if !x.alive(t) {
						return math.NaN()
					}
					return v(t)
				})
			})
		})
	}
}
