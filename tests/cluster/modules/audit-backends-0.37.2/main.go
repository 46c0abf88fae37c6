// audit-backends sends audit events through the API server's own audit backends: webhook, buffered, truncate.
//
// Events (audit.k8s.io/v1, one JSON object a line) come from standard input; when it ends the backends are shut down
// as the API server does it. The last line on standard output is one JSON object: how many events were handed over,
// how long that and the shutdown took, and the API server's own counters of losses by plugin.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	internal "k8s.io/apiserver/pkg/apis/audit"
	"k8s.io/apiserver/pkg/apis/audit/v1"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/plugin/pkg/audit/buffered"
	"k8s.io/apiserver/plugin/pkg/audit/truncate"
	"k8s.io/apiserver/plugin/pkg/audit/webhook"
	"k8s.io/component-base/metrics/legacyregistry"
)

const longestLine = 64 << 20

type settings struct {
	kubeconfig                string
	mode                      string
	attempts                  int
	backoff, maxWait          time.Duration
	bufferSize, maxSize       int
	truncated                 bool
	maxEventSize, maxBodySize int64
}

type result struct {
	Events          int                `json:"events"`
	HandOverSeconds float64            `json:"handOverSeconds"`
	ShutdownSeconds float64            `json:"shutdownSeconds"`
	Errors          map[string]float64 `json:"errors"`
}

func main() {
	if err := run(parse()); err != nil {
		fmt.Fprintln(os.Stderr, "audit-backends:", err)
		os.Exit(1)
	}
}

func parse() settings {
	var s settings
	flag.StringVar(&s.kubeconfig, "kubeconfig", "", "the webhook's kubeconfig, as --audit-webhook-config-file takes it")
	flag.StringVar(&s.mode, "mode", "batch", "batch or blocking")
	flag.IntVar(&s.attempts, "attempts", 5, "tries of one batch")
	flag.DurationVar(&s.backoff, "initial-backoff", 10*time.Second, "pause after the first failure")
	flag.DurationVar(&s.maxWait, "batch-max-wait", 30*time.Second, "longest wait for a batch to fill")
	flag.IntVar(&s.bufferSize, "batch-buffer-size", 10000, "events kept in memory")
	flag.IntVar(&s.maxSize, "batch-max-size", 400, "events in a batch")
	flag.BoolVar(&s.truncated, "truncate", false, "cut events and batches that are too large")
	flag.Int64Var(&s.maxEventSize, "truncate-max-event-size", 102400, "largest event in bytes")
	flag.Int64Var(&s.maxBodySize, "truncate-max-batch-size", 10485760, "largest batch in bytes")
	flag.Parse()
	return s
}

func backend(s settings) (audit.Backend, error) {
	retry := wait.Backoff{Duration: s.backoff, Factor: 1.5, Jitter: 0.2, Steps: s.attempts}
	sink, err := webhook.NewBackend(s.kubeconfig, v1.SchemeGroupVersion, retry, nil)
	if err != nil {
		return nil, err
	}
	if s.mode == "batch" {
		sink = buffered.NewBackend(sink, buffered.BatchConfig{
			BufferSize:     s.bufferSize,
			MaxBatchSize:   s.maxSize,
			MaxBatchWait:   s.maxWait,
			ThrottleEnable: true,
			ThrottleQPS:    10,
			ThrottleBurst:  15,
			AsyncDelegate:  true,
		})
	}
	if s.truncated {
		limits := truncate.Config{MaxEventSize: s.maxEventSize, MaxBatchSize: s.maxBodySize}
		sink = truncate.NewBackend(sink, limits, v1.SchemeGroupVersion)
	}
	return sink, nil
}

func run(s settings) error {
	sink, err := backend(s)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	if err := sink.Run(stop); err != nil {
		return err
	}
	began := time.Now()
	count, err := handOver(sink)
	if err != nil {
		return err
	}
	handedOver := time.Now()
	close(stop)
	sink.Shutdown()
	losses, err := counters()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result{
		Events:          count,
		HandOverSeconds: handedOver.Sub(began).Seconds(),
		ShutdownSeconds: time.Since(handedOver).Seconds(),
		Errors:          losses,
	})
}

func handOver(sink audit.Backend) (int, error) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<20), longestLine)
	count := 0
	for lines.Scan() {
		var written v1.Event
		if err := json.Unmarshal(lines.Bytes(), &written); err != nil {
			return count, fmt.Errorf("line %d: %w", count+1, err)
		}
		var event internal.Event
		if err := v1.Convert_v1_Event_To_audit_Event(&written, &event, nil); err != nil {
			return count, fmt.Errorf("line %d: %w", count+1, err)
		}
		sink.ProcessEvents(&event)
		count++
	}
	return count, lines.Err()
}

// counters reads what the API server would show as apiserver_audit_error_total.
func counters() (map[string]float64, error) {
	families, err := legacyregistry.DefaultGatherer.Gather()
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	for _, family := range families {
		if family.GetName() != "apiserver_audit_error_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				found[label.GetValue()] += metric.GetCounter().GetValue()
			}
		}
	}
	return found, nil
}
