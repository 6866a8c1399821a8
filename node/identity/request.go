package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"time"
)

// validName is what a node may be called: what a host may.
var validName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$`)

// ValidName reports whether a node may have the name.
func ValidName(name string) bool { return validName.MatchString(name) }

// NewRequest makes a key, as PEM, and a request for a certificate, as DER of PKCS #10. The key stays where it was made.
func NewRequest() (key, request []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil {
		request, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	}
	var der []byte
	if err == nil {
		der, err = x509.MarshalPKCS8PrivateKey(private)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("request a certificate: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), request, nil
}

// maxRequest bounds a certificate request, in bytes.
const maxRequest = 4 << 10

// requestKey gives the key of a request whose sender has it: P-256, as all of ours are.
func requestKey(request []byte) (*ecdsa.PublicKey, error) {
	if len(request) > maxRequest {
		return nil, fmt.Errorf("it has more than %d bytes", maxRequest)
	}
	r, err := x509.ParseCertificateRequest(request)
	if err != nil {
		return nil, err
	}
	key, ok := r.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("its key is not of P-256")
	}
	return key, r.CheckSignature()
}

// CheckRequest looks at a certificate request. Errors say what is wrong with it.
func CheckRequest(request []byte) error {
	if _, err := requestKey(request); err != nil {
		return fmt.Errorf("read certificate request: %w", err)
	}
	return nil
}

// Certify makes a certificate for who, as PEM, with the key of a request. Whatever names the request has count for nothing;
// hosts are the names and addresses by which a node is reached.
func (a *Authority) Certify(who Identity, request []byte, now time.Time, hosts ...string) ([]byte, error) {
	key, err := requestKey(request)
	if err != nil {
		return nil, fmt.Errorf("read certificate request: %w", err)
	}
	template := a.template(who, now, hosts)
	if template.SerialNumber, err = serial(); err != nil {
		return nil, err
	}
	template.NotBefore = now.Add(-backdate)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key, a.key)
	if err != nil {
		return nil, fmt.Errorf("make certificate of %s: %w", who, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// template is a certificate of who without its key and beginning.
func (a *Authority) template(who Identity, now time.Time, hosts []string) *x509.Certificate {
	life, usage := ClientLifetime, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if who.Kind == Node {
		life, usage = NodeLifetime, append(usage, x509.ExtKeyUsageServerAuth)
	}
	template := &x509.Certificate{
		Subject:  pkix.Name{CommonName: who.Name, Organization: []string{who.Cluster}},
		NotAfter: now.Add(life), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usage,
		URIs: []*url.URL{who.uri()}, BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return template
}

// Fingerprint names a certificate, given as PEM: the SHA-256 of its DER.
func Fingerprint(cert []byte) ([sha256.Size]byte, error) {
	c, err := parse(cert)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(c.Raw), nil
}
