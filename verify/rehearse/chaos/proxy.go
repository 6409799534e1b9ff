package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// A proxy stands between the scripts and one server. It passes everything on, unless it is told to cut, to hold or to refuse connections;
// and it counts, so that a fault can strike at the n-th connection or byte: the connection that gets there waits until the fault is done.
type proxy struct {
	listener net.Listener
	to       string // address of the server
	group    sync.WaitGroup

	mu      sync.Mutex
	links   map[*link]bool
	refused int // so many connections to come are closed at once
	trap    *trap
	seen    int64 // connections accepted since count
	bytes   int64 // sent by the server since then
	total   struct{ connections, bytes int64 }
}

// A trap calls fire once, with the connection that reaches the moment; that connection waits meanwhile.
type trap struct {
	connections int64 // the n-th connection; 0: bytes count
	bytes       int64 // so many bytes from the server
	fire        func(*link)
}

// A link is one connection through the proxy.
type link struct {
	proxy          *proxy
	client, server net.Conn
	cutAfter       atomic.Int64 // the server's bytes that still pass before the link is cut; negative: no limit
}

// cut breaks the connection on both sides.
func (l *link) cut() {
	l.client.Close()
	l.server.Close()
}

func startProxy(ctx context.Context, to string) (*proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	p := &proxy{listener: listener, to: to, links: map[*link]bool{}}
	p.group.Go(p.accept)
	return p, nil
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

func (p *proxy) close() {
	p.listener.Close()
	p.set(nil)
	p.cutAll()
	p.group.Wait()
}

// set arms a trap, or takes away the one that is there.
func (p *proxy) set(t *trap) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trap = t
}

// count begins to count anew.
func (p *proxy) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen, p.bytes = 0, 0
}

// refuse closes the next n connections at once.
func (p *proxy) refuse(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = n
}

// open lets connections through again.
func (p *proxy) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = 0
}

// cutAll breaks every connection and returns how many there were.
func (p *proxy) cutAll() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.cut()
	}
	return len(p.links)
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() { p.serve(client) })
	}
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	p.total.connections++
	p.seen++
	if p.refused > 0 {
		p.refused--
		p.mu.Unlock()
		return
	}
	t := p.take(p.trap != nil && p.trap.connections > 0 && p.seen >= p.trap.connections)
	p.mu.Unlock()
	l := &link{proxy: p, client: client}
	l.cutAfter.Store(-1)
	if t != nil && t.connections > 0 {
		// Nothing of this session reaches the server before the fault is done.
		l.server = client
		t.fire(l)
	}
	server, err := net.Dial("tcp4", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	l.server = server
	p.mu.Lock()
	p.links[l] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(server, client) // the other side learns of it
		_ = server.(*net.TCPConn).CloseWrite()
	})
	both.Go(func() {
		l.fromServer()
		// A client that still sends is told that nobody reads.
		client.Close()
	})
	both.Wait()
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

// take returns the trap and disarms it where ok. The caller holds p.mu.
func (p *proxy) take(ok bool) *trap {
	if !ok {
		return nil
	}
	t := p.trap
	p.trap = nil
	return t
}

func (l *link) fromServer() {
	p := l.proxy
	buffer := make([]byte, 16<<10)
	for {
		n, err := l.server.Read(buffer)
		if n > 0 {
			p.mu.Lock()
			p.total.bytes += int64(n)
			p.bytes += int64(n)
			t := p.take(p.trap != nil && p.trap.connections == 0 && p.bytes >= p.trap.bytes)
			p.mu.Unlock()
			if t != nil {
				t.fire(l)
			}
			if limit := l.cutAfter.Load(); limit >= 0 {
				if int64(n) >= limit {
					_, _ = l.client.Write(buffer[:limit])
					l.cut()
					return
				}
				l.cutAfter.Add(-int64(n))
			}
			if _, err := l.client.Write(buffer[:n]); err != nil {
				l.server.Close()
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.server.Close()
			}
			return
		}
	}
}
