package document

import (
	"syscall"
	"unsafe"
)

// confine bounds the memory (1 GB) and processor time (60 s) of a process, so that a malicious file takes down neither the
// machine nor, by the kernel's choice of victim, this program. A failure leaves the time limit of the reading.
func confine(pid int) {
	for resource, most := range map[uintptr]uint64{syscall.RLIMIT_AS: 1 << 30, syscall.RLIMIT_CPU: 60} {
		limit := syscall.Rlimit{Cur: most, Max: most}
		syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), resource, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	}
}
