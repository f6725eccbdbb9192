package lab

import (
	"context"
	"encoding/binary"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"dsotop/demo/world"
)

// seriesStep is the distance of samples, as of a scrape.
const seriesStep = 30 * time.Second

// seriesSeed writes the series of the world into Prometheus by its remote-write receiver, the ones of kube-state-metrics too, whose program
// cannot be had as a module.
type seriesSeed struct {
	world *world.World
	api   *rest
	last  time.Time
}

// feed writes the samples that are due since the last time, until now.
func (s *seriesSeed) feed(ctx context.Context, now time.Time) error {
	var at []time.Time
	for t := s.last.Truncate(seriesStep).Add(seriesStep); !t.After(now); t = t.Add(seriesStep) {
		at = append(at, t)
	}
	if len(at) == 0 {
		return nil
	}
	for _, name := range s.world.MetricNames() {
		var message []byte
		for _, x := range s.world.Series(name, nil, at) {
			message = appendField(message, 1, appendSeries(nil, name, x, at))
		}
		if len(message) == 0 {
			continue
		}
		if err := s.api.do(ctx, http.MethodPost, "/api/v1/write", snappy(message), nil, "Content-Type", "application/x-protobuf", "Content-Encoding", "snappy",
			"X-Prometheus-Remote-Write-Version", "0.1.0"); err != nil {
			return err
		}
	}
	s.last = at[len(at)-1]
	return nil
}

// appendSeries writes a prometheus.TimeSeries: labels are field 1 (name 1, value 2), samples field 2 (value 1 as a double, milliseconds 2).
func appendSeries(to []byte, name string, s world.Series, at []time.Time) []byte {
	labels := maps.Clone(s.Labels)
	labels["__name__"] = name
	for _, k := range slices.Sorted(maps.Keys(labels)) { // the receiver asks for their order
		if labels[k] == "" {
			continue
		}
		to = appendField(to, 1, appendField(appendField(nil, 1, []byte(k)), 2, []byte(labels[k])))
	}
	for i, v := range s.Values {
		if math.IsNaN(v) {
			continue
		}
		sample := binary.LittleEndian.AppendUint64([]byte{1<<3 | 1}, math.Float64bits(v))
		sample = binary.AppendUvarint(append(sample, 2<<3), uint64(at[i].UnixMilli()))
		to = appendField(to, 2, sample)
	}
	return to
}

// appendField writes a field of protobuf's that has a length.
func appendField(to []byte, number int, value []byte) []byte {
	to = binary.AppendUvarint(append(to, byte(number<<3|2)), uint64(len(value)))
	return append(to, value...)
}

// snappy frames data as a block of snappy's that compresses nothing: on the loopback there is nothing to win.
func snappy(data []byte) []byte {
	const longest = 1 << 16
	out := binary.AppendUvarint(make([]byte, 0, len(data)+len(data)/longest*3+16), uint64(len(data)))
	for len(data) > 0 {
		n := min(longest, len(data))
		out = append(out, 61<<2, byte(n-1), byte((n-1)>>8)) // a literal whose length less one is in two bytes
		out = append(out, data[:n]...)
		data = data[n:]
	}
	return out
}
