//go:build !linux

package telemetry

import "math"

// usage knows nothing here.
func usage() process { return process{math.NaN(), math.NaN(), math.NaN()} }
