package bundles

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// encoder is made once: its tables cost more than most bundles.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

// Compress is the form in which bundles are sent and stored. It may be called from any goroutine.
func Compress(content []byte) []byte { return encoder().EncodeAll(content, nil) }

// decoders are kept until the collector comes, for the same reason.
var decoders sync.Pool

func newDecoder(r io.Reader) (*zstd.Decoder, error) {
	if d, ok := decoders.Get().(*zstd.Decoder); ok {
		return d, d.Reset(r)
	}
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxSize+1), zstd.WithDecoderLowmem(true))
}

// verify decompresses r into w and compares the hash.
func verify(r io.Reader, hash string, w io.Writer) (int64, error) {
	dec, err := newDecoder(r)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() {
		if dec.Reset(nil) == nil { // holds nothing of r
			decoders.Put(dec)
		}
	}()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(h, w), &limitedReader{r: dec, left: MaxSize})
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return n, fmt.Errorf("%w: %d bytes are the most that one may have, %d of them compressed", ErrTooLarge, MaxSize, MaxCompressed)
	case err != nil:
		return n, fmt.Errorf("%w: %w", ErrDamaged, err)
	case hex.EncodeToString(h.Sum(nil)) != hash:
		return n, ErrDamaged
	}
	return n, nil
}
