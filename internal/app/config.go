package app

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/web"

	"golang.org/x/mod/sumdb/note"
)

// Config is every setting of a running program. Each can be given in a file, in the environment or as a flag; the flag wins.
type Config struct {
	Listen     string `default:"127.0.0.1:8080" env:"SAMKLANG_LISTEN" help:"Address and port to answer on."`
	Data       string `default:"data" env:"SAMKLANG_DATA" type:"path" help:"Directory of the database file and of uploaded files."`
	Database   string `env:"SAMKLANG_DATABASE" secret:"address" help:"Database address: postgres://… or sqlite:PATH. Without it, a SQLite file in the data directory."`
	External   string `env:"SAMKLANG_EXTERNAL" help:"Address people reach the program by, such as https://samklang.example.se. Needed as soon as it is not this machine."`
	TrustProxy bool   `env:"SAMKLANG_TRUST_PROXY" help:"Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy of your own that sets them."`

	// Nil follows from External, so that a program on somebody's own machine ends at once.
	Drain *time.Duration `env:"SAMKLANG_DRAIN" placeholder:"5s" help:"How long /readyz says no before the program, told to stop, takes no more requests; as long as a load balancer needs to notice. 5s when external is set, else 0s."`

	Files           string `env:"SAMKLANG_FILES" help:"Where uploaded files lie: a directory, or s3://BUCKET/PREFIX?endpoint=https://…&region=…. Without it, the directory files in the data directory."`
	FilesAlso       string `name:"files-also" env:"SAMKLANG_FILES_ALSO" help:"Where files are looked for too, while they are moved from one place to another."`
	FilesKey        string `name:"files-key" env:"SAMKLANG_FILES_KEY" help:"Name of the access key for S3."`
	FilesSecret     string `name:"files-secret" secret:"true" env:"SAMKLANG_FILES_SECRET" help:"Secret of the access key for S3; better given as a file."`
	FilesSecretFile string `name:"files-secret-file" env:"SAMKLANG_FILES_SECRET_FILE" type:"path" help:"File that holds the secret of the access key for S3."`

	SMTPHost     string `name:"smtp-host" env:"SAMKLANG_SMTP_HOST" help:"Mail server. Without it, outgoing mail stays in the on-screen outbox."`
	SMTPPort     int    `name:"smtp-port" env:"SAMKLANG_SMTP_PORT" default:"587" help:"Port of the mail server."`
	SMTPUser     string `name:"smtp-user" env:"SAMKLANG_SMTP_USER" help:"User name at the mail server."`
	SMTPPassword string `name:"smtp-password" secret:"true" env:"SAMKLANG_SMTP_PASSWORD" help:"Password at the mail server; better given as a file."`
	SMTPSecret   string `name:"smtp-password-file" env:"SAMKLANG_SMTP_PASSWORD_FILE" type:"path" help:"File that holds the password at the mail server."`
	SMTPSecurity string `name:"smtp-security" env:"SAMKLANG_SMTP_SECURITY" enum:"starttls,tls,none" default:"starttls" help:"How the connection to the mail server is protected: starttls, tls or none."`
	MailFrom     string `name:"mail-from" env:"SAMKLANG_MAIL_FROM" help:"Sender address of outgoing mail. Needed with a mail server."`

	PageCache int64  `default:"32" env:"SAMKLANG_PAGE_CACHE" help:"Megabytes of memory for public pages that have not changed since they were last asked for; 0 makes each anew."`
	OIDC      string `name:"oidc" env:"SAMKLANG_OIDC" type:"path" help:"File that describes log-in through organisations by OpenID Connect: providers, and the rules that give roles."`

	Backups string `env:"SAMKLANG_BACKUPS" type:"path" help:"Directory the backups are written to, so that 'samklang doctor' and the figures can tell how old the newest is. The program only looks."`

	MetricsListen  string  `env:"SAMKLANG_METRICS_LISTEN" help:"Address and port of the figures for Prometheus, such as 127.0.0.1:9464; a port alone, such as :9464, is of this machine only. Without it there are none. Never an address strangers reach."`
	TracesEndpoint string  `env:"SAMKLANG_TRACES_ENDPOINT,OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,OTEL_EXPORTER_OTLP_ENDPOINT" help:"Address of an OpenTelemetry receiver (OTLP over HTTP), such as http://127.0.0.1:4318. Without it there are no traces."`
	TracesHeaders  string  `env:"SAMKLANG_TRACES_HEADERS,OTEL_EXPORTER_OTLP_TRACES_HEADERS,OTEL_EXPORTER_OTLP_HEADERS" secret:"true" help:"Headers for the receiver of traces, as name=value,name=value."`
	TracesShare    float64 `env:"SAMKLANG_TRACES_SHARE" default:"1" help:"How many of the traces are kept: 1 for all, 0.1 for one in ten."`
	TracesParent   bool    `env:"SAMKLANG_TRACES_PARENT" help:"Go on with the trace that a request's traceparent header names: only behind a proxy of your own that sets it."`

	LogKeyFile string   `name:"log-key-file" env:"SAMKLANG_LOG_KEY_FILE" type:"path" help:"File of the key that signs the public log, made at the first start. Without it, the key is kept in the database; in a file, whoever changes the database cannot sign."`
	LogWitness []string `name:"log-witness" env:"SAMKLANG_LOG_WITNESS" placeholder:"'URL KEY'" help:"Installation that cosigns the public log: the address of its log and its key, as its page /log shows them. May be given several times, or with commas."`
	WitnessFor []string `name:"witness-for" env:"SAMKLANG_WITNESS_FOR" placeholder:"KEY" help:"Key of another installation's log that this one cosigns, as the page /log there shows it. May be given several times, or with commas."`

	Patience time.Duration `flag:"-"` // how long somebody waits for a database that does not answer; 0 for db.Options' own. For tests

	Version string `flag:"-"` // of the program, as the command line says it
	Demo    bool   `flag:"-"` // example content, code and outbox on screen; set by the command demo alone

	providers []accounts.Provider // what the file OIDC says
}

// Check tells what is wrong with the settings and what to do about it, and fills in what follows from others.
func (c *Config) Check() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || port == "" {
		return fmt.Errorf("listen is %q; write an address and a port, such as 127.0.0.1:8080 or :8080", c.Listen)
	}
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "samklang.db")
	}
	if c.External != "" {
		u, err := url.Parse(c.External)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("external is %q; write scheme and host only, such as https://samklang.example.se", c.External)
		}
		c.External = u.Scheme + "://" + u.Host
	}
	if c.Drain == nil {
		c.Drain = new(time.Duration)
		if c.External != "" && !c.Demo {
			*c.Drain = 5 * time.Second
		}
	}
	if *c.Drain < 0 || *c.Drain > time.Hour {
		return fmt.Errorf("drain is %s; write a time from 0s to 1h, such as 5s", *c.Drain)
	}
	if c.TrustProxy && c.External == "" {
		return fmt.Errorf("trust-proxy is set and external is not; behind a proxy, say by what address people reach it, such as external = https://samklang.example.se, or unset trust-proxy")
	}
	if c.Demo && !web.Loopback(host) {
		return fmt.Errorf("the example installation shows log-in codes on screen, so it answers only on this machine; listen on 127.0.0.1, not %q", host)
	}
	if !c.Demo && c.External == "" && !web.Loopback(host) {
		return fmt.Errorf("external is not set; log-in links and passkeys need the address people use, such as https://samklang.example.se")
	}
	if c.PageCache < 0 || c.PageCache > 1<<20 {
		return fmt.Errorf("page-cache is %d; write a number of megabytes, such as 32, or 0 for none", c.PageCache)
	}
	if c.SMTPSecret != "" {
		b, err := os.ReadFile(c.SMTPSecret)
		if err != nil {
			return fmt.Errorf("the file with the mail password cannot be read: %w", err)
		}
		c.SMTPPassword = strings.TrimSpace(string(b))
	}
	if err := c.checkTelemetry(); err != nil {
		return err
	}
	if _, _, err := c.witnesses(); err != nil {
		return err
	}
	if err := c.checkFiles(); err != nil {
		return err
	}
	if c.SMTPHost != "" && c.MailFrom == "" {
		return fmt.Errorf("mail-from is not set; with a mail server, mails need a sender address")
	}
	if c.OIDC != "" {
		if c.providers, err = accounts.LoadProviders(c.OIDC, os.LookupEnv); err != nil {
			return err
		}
	}
	return nil
}

// witnesses reads who cosigns the public log, and whose log is cosigned here.
func (c *Config) witnesses() (ask []publiclog.Witness, of []note.Verifier, err error) {
	for _, s := range c.LogWitness {
		w, err := publiclog.ParseWitness(s)
		if err != nil {
			return nil, nil, fmt.Errorf("log-witness: %w", err)
		}
		ask = append(ask, w)
	}
	for _, s := range c.WitnessFor {
		v, err := publiclog.ParseVerifier(s)
		if err != nil {
			return nil, nil, fmt.Errorf("witness-for: %w", err)
		}
		of = append(of, v)
	}
	return ask, of, nil
}

// mainHost is the host name of the installation's own address.
func mainHost(external string) associations.Host {
	u, err := url.Parse(external)
	if err != nil {
		return ""
	}
	return associations.Host(strings.ToLower(u.Hostname()))
}

// base is the address of a program that answers on listen, for people at the machine. Loopback goes by its name, the only one there by which
// browsers offer passkeys.
func base(listen string) string {
	if host, port, err := net.SplitHostPort(listen); err == nil && (host == "127.0.0.1" || host == "::1") {
		listen = net.JoinHostPort("localhost", port)
	}
	return "http://" + listen
}
