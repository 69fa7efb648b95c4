#!/bin/bash
# Runs Dovecot and Postfix for the tests on loopback, without systemd or syslog, until standard input ends.
# Usage: servers.sh DIR IMAP IMAPS LMTP SMTP SUBMISSIONS AUTHORITY
# (five free ports, and that of an authorization server; prints "ready" when all are open)
# Any user may log in with the password "canary-right-5520", or with a token that the authorization server calls good; mail to @example.test is delivered, other domains are listed below.
set -eu
dir=$1 imap=$2 imaps=$3 lmtp=$4 smtp=$5 submissions=$6 authority=$7
support=$(cd "$(dirname "$0")" && pwd)
case $(/usr/sbin/dovecot --version) in
  2.3.*) ;;
  *) echo "These tests know the configuration of Dovecot 2.3, not of $(/usr/sbin/dovecot --version)." >&2; exit 1 ;;
esac
mkdir -p "$dir"/{dovecot,state,mail,log,tls,postfix,queue,data}
chmod 755 "$dir" "$dir"/*
bash "$support/certificates.sh" "$dir/tls"

if [ "$(id -u)" = 0 ]; then
  mail_user=mail mail_group=mail as_user=""
  chown mail:mail "$dir/mail"
else
  mail_user=$(id -un) mail_group=$(id -gn)
  as_user="default_login_user = $mail_user
default_internal_user = $mail_user
default_internal_group = $mail_group
service anvil {
  chroot =
}"
fi

cat > "$dir/oauth2.conf" <<END
introspection_url = http://127.0.0.1:$authority/introspect?token=
introspection_mode = get
active_attribute = active
active_value = true
username_attribute = username
username_format = %Lu
END
cat > "$dir/dovecot.conf" <<END
base_dir = $dir/dovecot
state_dir = $dir/state
instance_name = curbside-$imap
log_path = $dir/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$dir/tls/server.pem
ssl_key = <$dir/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Lu
auth_username_chars =
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:%h
mail_uid = $mail_user
mail_gid = $mail_group
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
recipient_delimiter = +
$as_user
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $dir/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain login
  args = password=canary-right-5520
}
userdb {
  driver = static
  args = uid=$mail_user gid=$mail_group home=$dir/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = create
    special_use = \\Drafts
  }
  mailbox Sent {
    special_use = \\Sent
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
}
service imap-login {
  $([ -z "$as_user" ] || echo "chroot =")
  inet_listener imap {
    address = 127.0.0.1
    port = $imap
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $imaps
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
# No growing pauses after wrong passwords.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener auth-postfix {
    mode = 0666
  }
}
# Mail to somebody+Folder goes into that folder.
protocol lmtp {
  postmaster_address = postmaster@example.test
  lmtp_save_to_detail_mailbox = yes
  lda_mailbox_autocreate = yes
}
END

start_postfix() {
  chown postfix "$dir/data"
  cat > "$dir/postfix/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
multi_instance_name = postfix-$smtp
syslog_name = postfix-$smtp
maillog_file = $dir/log/postfix.log
maillog_file_prefixes = $dir/log
myhostname = mail.example.test
myorigin = example.test
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
default_transport = error:5.4.4 no route outside
relay_transport = error:5.4.4 no route outside
virtual_mailbox_domains = example.test, gone.test, slow.test, lakeshore.test, prairie.test, harbor.test
virtual_transport = lmtp:inet:127.0.0.1:$lmtp
transport_maps = texthash:$dir/postfix/transport
recipient_delimiter = +
sender_bcc_maps = regexp:$dir/postfix/copies
smtpd_tls_cert_file = $dir/tls/server.pem
smtpd_tls_key_file = $dir/tls/server.key
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/dovecot/auth-postfix
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:$dir/postfix/recipients, permit
message_size_limit = 26214400
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 2s
delay_warning_time = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
END
  # Taken and bounced a moment later; taken and kept for later; refused at once.
  printf '%s\n' "gone.test gone:" "slow.test lmtp:inet:127.0.0.1:1" > "$dir/postfix/transport"
  printf '%s\n' "refused@example.test 550 5.1.1 no such user here" "later@example.test 451 4.3.0 try again later" \
    "quota@example.test 550 5.4.5 daily sending quota exceeded" > "$dir/postfix/recipients"
  # A provider that files what its users send: for users whose names begin with "filed".
  echo '/^(filed[0-9]+)@example\.test$/ ${1}+Sent@example.test' > "$dir/postfix/copies"
  cat > "$dir/postfix/master.cf" <<END
127.0.0.1:$smtp inet n - n - - smtpd
127.0.0.1:$submissions inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
gone unix - n n - - pipe user=nobody argv=/bin/sh -c {exit 67}
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
END
  # Postfix waits until its files are two seconds old.
  touch -d '1 minute ago' "$dir"/postfix/*
  local q
  for q in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    install -d -m 700 -o postfix "$dir/queue/$q"
  done
  install -d -m 710 -o postfix -g postdrop "$dir/queue/public"
  install -d -m 730 -o postfix -g postdrop "$dir/queue/maildrop"
  install -d -m 755 "$dir/queue/pid"
  touch "$dir/log/postfix.log"
  MAIL_CONFIG="$dir/postfix" setsid /usr/lib/postfix/sbin/master -c "$dir/postfix" -d </dev/null >"$dir/log/postfix.out" 2>&1 &
}

stop_all() {
  [ ! -f "$dir/dovecot/master.pid" ] || kill "$(cat "$dir/dovecot/master.pid")" 2>/dev/null || true
  [ ! -f "$dir/queue/pid/master.pid" ] || kill "$(tr -d ' ' < "$dir/queue/pid/master.pid")" 2>/dev/null || true
  sleep 0.3
  rm -rf "$dir"
}
trap stop_all EXIT
trap '' INT HUP

wait_for_port() {
  local try
  for try in $(seq 200); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.05
  done
  echo "nothing listens on port $1; see $dir/log" >&2
  tail -5 "$dir"/log/* >&2 || true
  exit 1
}

ports="$imap $imaps $lmtp"
/usr/sbin/dovecot -c "$dir/dovecot.conf" >&2
if [ "$(id -u)" = 0 ] && [ -x /usr/lib/postfix/sbin/master ]; then
  start_postfix
  ports="$ports $smtp $submissions"
fi
for port in $ports; do wait_for_port "$port"; done
echo ready
cat > /dev/null
