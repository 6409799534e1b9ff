package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestLSN(t *testing.T) {
	for in, want := range map[string]string{
		"0/16B3748": "0/16B3748", "0/0": "none", "1A/FF000000": "1A/FF000000", "ffffffff/ffffffff": "FFFFFFFF/FFFFFFFF", "0/00000001": "0/1",
	} {
		l, err := ParseLSN(in)
		require.NoError(t, err, in)
		require.Equal(t, want, l.String())
	}
	for _, bad := range []string{"", "/", "0/", "/0", "0", "0/G", "0/-1", "0/+1", " 0/1", "0/1 ", "123456789/0", "0/123456789", "0/1/2", "0x1/2", "0/1_0"} {
		_, err := ParseLSN(bad)
		require.Error(t, err, bad)
	}
	require.Greater(t, mustLSN("1/0"), mustLSN("0/FFFFFFFF"), "positions compare as numbers, not as text")
}

func mustLSN(s string) LSN {
	l, err := ParseLSN(s)
	if err != nil {
		panic(err)
	}
	return l
}

const goodState = `{"format": 1, "plan": "abc",
 "source": {"system_identifier": "7300000000000000001", "database": "shop", "timeline": 1},
 "slots": {"dms_slot_01": {"consistent_point": "0/16B3748", "restart_lsn": "0/16B3710", "confirmed_flush_lsn": "0/16B3748", "created_at": "2026-01-02T03:04:05Z"}},
 "sets_complete_lsn": "0/16B4000",
 "pause": {"lsn": "0/1A00000", "timeline": 1, "system_identifier": "7300000000000000001", "postmaster_start_time": "2026-01-01T00:00:00.123456+00:00", "paused_at": "2026-01-02T03:05:00Z", "proof": "pause_state"},
 "schema": {"dumped_at": "2026-01-02T03:06:00Z", "target_system_identifier": "7", "target_database": "shop", "predata_sha256": "00"},
 "load": {"started_at": "2026-01-02T03:07:00Z", "finished_at": "2026-01-02T04:07:00Z", "items": 120, "bytes": 123, "rows": 456},
 "resumed_at": "2026-01-02T05:00:00Z",
 "freeze": {"lsn": "0/2000000", "writes": "42", "at": "2026-01-02T06:00:00Z"},
 "steps": {"74-constraints": {"seconds": "75", "at": "2026-01-05T03:10:00Z"}}}`

func TestDecodeState(t *testing.T) {
	s, err := DecodeState(strings.NewReader(goodState))
	require.NoError(t, err)
	require.Equal(t, mustLSN("0/1A00000"), s.Pause.LSN)
	require.Equal(t, Loaded, s.Reached())
	var b strings.Builder
	require.NoError(t, s.Encode(&b))
	again, err := DecodeState(strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(s, again))

	kept := strings.Replace(goodState, `"created_at"`, `"start_lsn": "0/1900000", "xmin": "733", "straddled_lsn": "0/1900100", "created_at"`, 1)
	s, err = DecodeState(strings.NewReader(kept))
	require.NoError(t, err)
	require.Equal(t, "733", s.XMin("dms_slot_01"))
	require.Equal(t, mustLSN("0/1900100"), s.Straddled("dms_slot_01"))
	require.Empty(t, s.XMin("another"), "this pause noted none")

	for reason, edit := range map[string][2]string{
		"xmin of a pause without it":       {`"created_at"`, `"xmin": "733", "created_at"`},
		"straddled at a pause unknown":     {`"created_at"`, `"straddled_lsn": "0/1900100", "created_at"`},
		"xmin of a slot that is none":      {`"created_at"`, `"start_lsn": "0/1900000", "xmin": "7x", "created_at"`},
		"unknown key":                      {`"resumed_at"`, `"resumed"`},
		"LSN that is none":                 {`"0/1A00000"`, `"1A00000"`},
		"LSN of nothing":                   {`"0/1A00000"`, `"0/0"`},
		"freeze without a position":        {`"0/2000000"`, `"0/0"`},
		"a number that is none":            {`"42"`, `"42.5"`},
		"LSN as a number":                  {`"0/1A00000"`, `27262976`},
		"pause without its LSN":            {`"lsn": "0/1A00000", `, ``},
		"pause without its timeline":       {`"timeline": 1, "system_identifier": "7300000000000000001", "postmaster`, `"system_identifier": "7300000000000000001", "postmaster`},
		"pause without start":              {`"postmaster_start_time": "2026-01-01T00:00:00.123456+00:00", `, ``},
		"time that is none":                {`"2026-01-02T05:00:00Z"`, `"yesterday"`},
		"newer format":                     {`"format": 1`, `"format": 2`},
		"no plan":                          {`"plan": "abc"`, `"plan": ""`},
		"slot without a position":          {`, "confirmed_flush_lsn": "0/16B3748"`, ``},
		"slot without a name":              {`"dms_slot_01"`, `""`},
		"source without a database":        {`"database": "shop"`, `"database": ""`},
		"finished before it started":       {`"finished_at": "2026-01-02T04:07:00Z"`, `"finished_at": "2026-01-02T03:00:00Z"`},
		"cut":                              {`"seconds": "75", "at": "2026-01-05T03:10:00Z"}}}`, `"sec`},
		"step that took less than nothing": {`"75"`, `"-75"`},
		"step without a name":              {`"74-constraints"`, `""`},
		"something behind it":              {`03:10:00Z"}}}`, `03:10:00Z"}}} {}`},
		"NUL in a string":                  {`"database": "shop"`, `"database": "shop\u0000"`},
		"empty":                            {goodState, ""},
		"another kind of file (no plan)":   {goodState, `{"format": 1}`},
	} {
		text := strings.Replace(goodState, edit[0], edit[1], 1)
		require.NotEqual(t, goodState, text, reason)
		_, err := DecodeState(strings.NewReader(text))
		require.Error(t, err, reason)
	}
}

func TestReached(t *testing.T) {
	now := time.Now()
	for want, s := range map[Gate]*State{
		Preflight:    {},
		ReadyToPause: {Slots: map[string]StateSlot{"a": {}}},
		Paused:       {Slots: map[string]StateSlot{"a": {}}, Pause: &StatePause{}, Load: &StateLoad{}},
		Loaded:       {Pause: &StatePause{}, Load: &StateLoad{FinishedAt: &now}},
	} {
		require.Equal(t, want, s.Reached())
	}
	require.Equal(t, Preflight, (*State)(nil).Reached())
}

func TestSameInstant(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 123456789, time.UTC)
	require.True(t, sameInstant(at, at.Truncate(time.Microsecond)))
	require.True(t, sameInstant(at.Truncate(time.Second), at), "a record without a fraction was rounded")
	require.False(t, sameInstant(at, at.Add(time.Millisecond)))
	require.False(t, sameInstant(at.Truncate(time.Second), at.Add(time.Second)))
	require.True(t, sameInstant(at.In(time.FixedZone("", 7200)), at))
}
