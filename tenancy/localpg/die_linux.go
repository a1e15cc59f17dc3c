package localpg

import "syscall"

// dieWithParent has the kernel send sig to the program when the thread that
// starts it is gone, so also when this process is killed.
func dieWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }
