#include "textflag.h"

// func stackUsed() uintptr
TEXT ·stackUsed(SB), NOSPLIT, $0-8
	MOVQ (TLS), R14
	MOVQ 8(R14), AX // the upper end of the goroutine's stack, second word of runtime.g
	SUBQ SP, AX
	MOVQ AX, ret+0(FP)
	RET
