package db

import (
	"net"
	"time"
)

// silence is how long a server's machine may leave what was sent to it unconfirmed before its connection is given up. It concerns a machine that
// lost its power or its network; a server that only takes its time confirms what it gets.
const silence = 20 * time.Second

func dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, Control: giveUp, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 3}}
}
