// Reads a repository with go-tuf over and over, and never forgives a failure.
//
// Each round is a new Updater: refresh, look up every target known when the round began, download those that were not
// downloaded yet and the last one again. It works on one cache, or with -anew on a new one in each round, from the
// first root. Speaks the lines of python/tuf_watch.py: `{"path": …, "sha256": …}` on stdin makes a target known, the
// end of stdin ends the watch; one JSON object a round on stdout, and one for the whole watch at the end. Nothing is
// tried twice. Exit codes: 0 every round succeeded, 3 some did not.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"
)

const keptErrors = 50

type target struct {
	Path   string `json:"path"`
	Sha256 string `json:"sha256"`
}

type told struct {
	Type        string `json:"type"`
	Message     string `json:"message"`
	Cause       string `json:"cause"`
	AfterRounds int    `json:"afterRounds"`
	Timestamp   int64  `json:"timestamp"`
}

type watch struct {
	metadataURL, targetsURL, cache string
	anew                           bool
	firstRoot                      []byte
	rounds, failed                 int
	timestamp                      int64
	downloaded                     map[string]bool
	errors                         []told
}

type lookupError struct{ message string }

func (e *lookupError) Error() string { return e.message }

func main() {
	w := watch{downloaded: map[string]bool{}, errors: []told{}}
	flag.StringVar(&w.metadataURL, "metadata-url", "", "")
	flag.StringVar(&w.targetsURL, "targets-url", "", "")
	root := flag.String("root", "", "the root to trust at first")
	flag.StringVar(&w.cache, "cache", "", "trusted metadata, kept between rounds")
	flag.BoolVar(&w.anew, "anew", false, "every round begins with a new cache")
	pause := flag.Float64("pause", 0.05, "seconds between rounds")
	flag.Parse()
	first, err := os.ReadFile(*root)
	if err != nil {
		log.Fatal(err)
	}
	w.firstRoot = first

	lines := make(chan target)
	go listen(lines)
	var known []target
	for open := true; open; {
		known, open = hear(lines, known, time.Duration(*pause*float64(time.Second)))
		if open {
			w.round(known)
		}
	}
	say(map[string]any{"end": map[string]any{
		"rounds": w.rounds, "failed": w.failed, "timestamp": w.timestamp, "errors": w.errors,
	}})
	if w.failed > 0 {
		os.Exit(3)
	}
}

func listen(lines chan<- target) {
	defer close(lines)
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		var line target
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			log.Fatal(err)
		}
		lines <- line
	}
}

// hear waits this long for targets; false at the end of stdin.
func hear(lines <-chan target, known []target, pause time.Duration) ([]target, bool) {
	over := time.After(pause)
	for {
		select {
		case line, open := <-lines:
			if !open {
				return known, false
			}
			known = append(known, line)
		case <-over:
			return known, true
		}
	}
}

func (w *watch) round(known []target) {
	if err := w.read(known); err != nil {
		w.failed++
		failure := told{typeOf(err), err.Error(), fmt.Sprint(errors.Unwrap(err)), w.rounds, w.timestamp}
		if len(w.errors) < keptErrors {
			w.errors = append(w.errors, failure)
		}
		say(map[string]any{"failed": w.failed, "error": failure})
		return
	}
	w.rounds++
	say(map[string]any{
		"round": w.rounds, "timestamp": w.timestamp, "known": len(known), "downloaded": len(w.downloaded),
	})
}

func (w *watch) read(known []target) error {
	metadataDir, targetsDir := filepath.Join(w.cache, "metadata"), filepath.Join(w.cache, "targets")
	if w.anew {
		if err := os.RemoveAll(w.cache); err != nil {
			return err
		}
	}
	root, err := os.ReadFile(filepath.Join(metadataDir, "root.json"))
	if errors.Is(err, os.ErrNotExist) {
		root = w.firstRoot
	} else if err != nil {
		return err
	}
	options, err := config.New(w.metadataURL, root)
	if err != nil {
		return err
	}
	options.LocalMetadataDir, options.LocalTargetsDir = metadataDir, targetsDir
	options.RemoteTargetsURL = w.targetsURL
	client, err := updater.New(options)
	if err != nil {
		return err
	}
	if err := client.Refresh(); err != nil {
		return err
	}
	version := client.GetTrustedMetadataSet().Timestamp.Signed.Version
	if version < w.timestamp {
		return fmt.Errorf("timestamp %d after %d", version, w.timestamp)
	}
	w.timestamp = version
	for index, each := range known {
		if err := w.look(client, each, index == len(known)-1); err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) look(client *updater.Updater, wanted target, isLast bool) error {
	info, err := client.GetTargetInfo(wanted.Path)
	if err != nil {
		return err
	}
	if found := hex.EncodeToString(info.Hashes["sha256"]); found != wanted.Sha256 {
		return &lookupError{fmt.Sprintf("%s has sha256 %s, not %s", wanted.Path, found, wanted.Sha256)}
	}
	if w.downloaded[wanted.Path] && !isLast {
		return nil
	}
	// DownloadTarget compares what it got with length and hashes.
	if _, _, err := client.DownloadTarget(info, "", ""); err != nil {
		return err
	}
	w.downloaded[wanted.Path] = true
	return nil
}

// typeOf is the name of the most telling error in the chain.
func typeOf(err error) string {
	var version *metadata.ErrBadVersionNumber
	var unsigned *metadata.ErrUnsignedMetadata
	if errors.As(err, &version) {
		return "ErrBadVersionNumber"
	}
	if errors.As(err, &unsigned) {
		return "ErrUnsignedMetadata"
	}
	return fmt.Sprintf("%T", err)
}

func say(line map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
