package postgres

import (
	"encoding/binary"
	"syscall"
)

func physical() int64 {
	text, err := syscall.Sysctl("hw.memsize") // eight bytes, whose zeros at the end are cut off
	if err != nil || len(text) > 8 {
		return 0
	}
	var number [8]byte
	copy(number[:], text)
	return int64(binary.LittleEndian.Uint64(number[:]))
}
