package main

import (
	"net"
	"os"
)

// notify tells the service manager how the program stands, "READY=1" or "STOPPING=1", when it was started by one that asks (sd_notify(3)). A
// message that does not arrive is the manager's loss: it will say itself that the program did not get ready.
func notify(state string) {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return
	}
	if address[0] == '@' { // a name in the kernel instead of a file
		address = "\x00" + address[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	c.Write([]byte(state))
}
