#!/bin/bash
# Makes a fresh certificate authority (ca.pem) and a certificate for localhost (server.pem, server.key) in DIR.
set -eu
cd "$1"
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl req -x509 $key -days 7 -keyout ca.key -out ca.pem -subj "/CN=Curbside tests" \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req $key -keyout server.key -out server.csr -subj "/CN=localhost" 2>/dev/null
printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" "extendedKeyUsage=serverAuth" "basicConstraints=CA:FALSE" > server.ext
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 7 -extfile server.ext -out server.crt 2>/dev/null
cat server.crt ca.pem > server.pem
chmod 644 ./*.pem server.key
