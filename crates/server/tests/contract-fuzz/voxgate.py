"""A running Voxgate of its own folder, and the people who call it."""

import base64
import glob
import json
import os
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request

PASSWORD = "xK9#mQ2$vL7pQw"
WAIT_S = 60
# Permissions of a service account; what there is, is a list in the domain.
SERVICE_PERMISSIONS = ("revocations:read", "audit:read", "ops:read")
_LIMITS = ("PER_USER", "PER_IP", "LOGIN_PER_IP", "RESET_PER_ACCOUNT", "REGISTER_PER_IP", "PER_SERVICE")


def until(look):
    """Waits until `look` finds something."""
    deadline = time.monotonic() + WAIT_S
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{look} found nothing within {WAIT_S} s")
        time.sleep(0.02)
    return found


class Installation:
    """Binary, folder and settings of a server: what the command line needs beside the address."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.env = {
            "DATABASE_URL": f"sqlite://{folder}/voxgate.db",
            "BIND_ADDR": "127.0.0.1:0",
            "MAIL_DIR": f"{folder}/mail",
            "JWT_KEYS_DIR": f"{folder}/keys",
            # What hides the answers that are looked for; each has tests of its own.
            **{f"RATE_LIMIT_{limit}": "off" for limit in _LIMITS},
            "LOCKOUT_DURATION": "1s",
        }

    def command(self, *args, stdin=""):
        """What `voxgate args…` prints."""
        run = [self.binary, *args]
        done = subprocess.run(run, cwd=self.folder, env=self.env, input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"voxgate {' '.join(args)}: {done.stderr}")
        return done.stdout

    def serve(self):
        """A server and its address."""
        log = open(f"{self.folder}/log", "w+")
        server = subprocess.Popen([self.binary], cwd=self.folder, env=self.env, stdout=log, stderr=log)

        def address():
            said = open(f"{self.folder}/log").read()
            if server.poll() is not None:
                raise RuntimeError(f"it did not start; it said:\n{said}")
            found = re.search(r"listens on {2}(\S+)\n", said)
            return found and found.group(1)

        return server, until(address)

    def mailed_token(self, address):
        """The token in the latest mail to `address`, which stands alone on a line."""

        def look():
            for path in sorted(glob.glob(f"{self.folder}/mail/*.eml"), reverse=True):
                mail = open(path, newline="").read()
                if f"To: {address}\r\n" in mail:
                    found = re.search(r"^([A-Za-z0-9_-]{43})\r?$", mail, re.M)
                    return found and found.group(1)
            return None

        return until(look)


class People:
    """Makes a caller of one role, and another one when that one was shut out."""

    def __init__(self, installation, url, role):
        self.installation = installation
        self.url = url
        self.role = role
        self._made = 0
        self._email = None
        self._token = None
        self._until = 0.0
        self._lock = threading.Lock()

    def token(self):
        """An access token that works, unless somebody just ended its session."""
        with self._lock:
            if self._token is None or time.monotonic() > self._until:
                self._token = self._service_token() if self.role == "service" else self._log_in()
                # Recent authentication lasts for ten minutes.
                self._until = time.monotonic() + 300
            return self._token

    def forget(self, token):
        """The token works no more."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _log_in(self):
        if self._email is not None and (token := self._session(self._email)):
            return token
        self._email = self._person()
        token = self._session(self._email)
        if token is None:
            raise RuntimeError(f"a new {self.role} cannot log in")
        return token

    def _session(self, email):
        """The access token of a new session, if there still is one for a person of that role."""
        status, body = self._call("POST", "/auth/login", {"email": email, "password": PASSWORD})
        token = body.get("access_token") if status == 200 else None
        return token if token and self.role in _claims(token)["roles"] else None

    def _person(self):
        self._made += 1
        name = f"{self.role}-{os.getpid()}-{self._made}"
        root, email = f"root-{name}@example.org", f"{name}@example.org"
        self.installation.command("admin", "create", "--email", root, "--password-stdin", stdin=f"{PASSWORD}\n")
        _, session = self._call("POST", "/auth/login", {"email": root, "password": PASSWORD})
        invitation = {"email": email, "roles": [self.role], "first_name": "Ada", "last_name": "Lovelace"}
        self._expect(201, "POST", "/users", invitation, session["access_token"])
        reset = {"token": self.installation.mailed_token(email), "new_password": PASSWORD}
        self._expect(204, "POST", "/auth/reset-password", reset)
        return email

    def _service_token(self):
        self._made += 1
        permissions = [argument for name in SERVICE_PERMISSIONS for argument in ("--permission", name)]
        name = f"service-{os.getpid()}-{self._made}"
        said = self.installation.command("service-accounts", "create", "--name", name, *permissions)
        client_id, secret = (re.search(rf"{field} +(\S+)", said).group(1) for field in ("client_id", "client_secret"))
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/auth/token", b"grant_type=client_credentials", {"Authorization": f"Basic {basic}"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def _expect(self, wanted, *call):
        status, body = self._call(*call)
        if status != wanted:
            raise RuntimeError(f"{call[0]} {call[1]} answered {status}: {body}")

    def _call(self, method, path, body, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


def _claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
