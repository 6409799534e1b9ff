package chaos

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// upstream is a server that sends a text to whoever connects and then reads until they go.
func upstream(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, text)
				_ = c.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	return l.Addr().String()
}

func proxied(t *testing.T, text string) (*proxy, func() string) {
	t.Helper()
	p, err := startProxy(t.Context(), upstream(t, text))
	require.NoError(t, err)
	t.Cleanup(p.close)
	return p, func() string {
		c, err := net.Dial("tcp4", p.listener.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		b, _ := io.ReadAll(c) // a reset is an end too
		return string(b)
	}
}

func TestProxyPassesOnAndRefuses(t *testing.T) {
	text := strings.Repeat("0123456789", 10_000)
	p, get := proxied(t, text)
	require.Equal(t, text, get())
	p.refuse(2)
	require.Empty(t, get())
	require.Empty(t, get())
	require.Equal(t, text, get())
}

func TestTrapGoesOffOnceAtItsMoment(t *testing.T) {
	text := strings.Repeat("0123456789", 10_000)
	p, get := proxied(t, text)
	fired := 0
	p.count()
	p.set(&trap{connections: 2, fire: func(*link) { fired++ }})
	get()
	require.Zero(t, fired)
	require.Equal(t, text, get())
	require.Equal(t, 1, fired)
	get()
	require.Equal(t, 1, fired)

	p.count()
	p.set(&trap{bytes: 150_000, fire: func(l *link) {
		fired++
		l.cutAfter.Store(10)
	}})
	require.Equal(t, text, get())
	require.Equal(t, 1, fired)
	cut := get()
	require.Equal(t, 2, fired)
	require.Less(t, len(cut), len(text))
	require.GreaterOrEqual(t, len(cut), 50_000-(16<<10), "what came before the moment has passed")
	require.Equal(t, text, get())
}

// The second moment counts from the beginning of the step too.
func TestTrapsOneAfterTheOther(t *testing.T) {
	p, get := proxied(t, strings.Repeat("0123456789", 10_000))
	var order []int64
	p.count()
	p.set(&trap{bytes: 120_000, fire: func(*link) {
		order = append(order, 120)
		p.set(&trap{bytes: 180_000, fire: func(*link) { order = append(order, 180) }})
	}})
	get()
	require.Empty(t, order)
	get()
	require.Equal(t, []int64{120, 180}, order)
}
