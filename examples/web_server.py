"""A small web server with its client: routes, JSON, forms, errors, cookies, on one port of this machine."""
import html
import http.client
import http.server
import json
import threading
import urllib.error
import urllib.parse
import urllib.request

PAGE = "<!DOCTYPE html><title>{title}</title><h1>{title}</h1><ul>{items}</ul>"


class Notes:
    def __init__(self):
        self.lock = threading.Lock()
        self.notes = {}
        self.next = 1

    def add(self, text):
        with self.lock:
            number = self.next
            self.notes[number] = text
            self.next += 1
            return number


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    notes = Notes()
    log = []

    def log_message(self, format, *args):
        self.log.append(f"{self.command} {self.path} {args[1] if len(args) > 1 else ''}")

    def reply(self, status, body, kind="application/json", **headers):
        data = body.encode() if isinstance(body, str) else json.dumps(body, sort_keys=True).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        match url.path.strip("/").split("/"):
            case [""]:
                items = "".join(f"<li>{html.escape(text)}</li>" for text in self.notes.notes.values())
                self.reply(200, PAGE.format(title="Notes", items=items), "text/html")
            case ["notes"]:
                wanted = urllib.parse.parse_qs(url.query).get("q", [""])[0]
                self.reply(200, {n: text for n, text in self.notes.notes.items() if wanted in text})
            case ["notes", number] if number.isdigit() and int(number) in self.notes.notes:
                self.reply(200, {"text": self.notes.notes[int(number)]}, Set_Cookie=f"last={number}; Path=/")
            case ["old"]:
                self.reply(302, "", Location="/notes")
            case ["broken"]:
                self.reply(500, {"error": "on purpose"})
            case _:
                self.reply(404, {"error": "not found", "path": url.path})

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get_content_type() == "application/json":
            try:
                text = json.loads(body)["text"]
            except (ValueError, KeyError) as error:
                self.reply(400, {"error": f"{type(error).__name__}"})
                return
        else:
            text = urllib.parse.parse_qs(body.decode()).get("text", [""])[0]
        self.reply(201, {"id": self.notes.add(text)})

    def do_DELETE(self):
        number = int(self.path.rpartition("/")[2])
        self.reply(200 if self.notes.notes.pop(number, None) is not None else 404, {})


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    base = "http://127.0.0.1:%d" % server.server_address[1]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(method, path, data=None, kind="application/json"):
        request = urllib.request.Request(base + path, data=data, method=method, headers={"Content-Type": kind} if data else {})
        try:
            with opener.open(request, timeout=10) as response:
                body, status = response.read().decode(), response.status
        except urllib.error.HTTPError as error:
            body, status = error.read().decode(), error.code
        print(f"{method:<6} {path:<18} {status} {body}")

    try:
        ask("POST", "/notes", json.dumps({"text": "buy flour & salt"}).encode())
        ask("POST", "/notes", urllib.parse.urlencode({"text": "naïve café <b>"}).encode(), "application/x-www-form-urlencoded")
        ask("POST", "/notes", b"{broken")
        ask("GET", "/notes")
        ask("GET", "/notes?q=caf%C3%A9")
        ask("GET", "/notes/1")
        ask("GET", "/old")
        ask("GET", "/broken")
        ask("GET", "/nowhere/at/all")
        ask("DELETE", "/notes/1")
        ask("DELETE", "/notes/1")
        ask("GET", "/")
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        for path in ("/notes/2", "/"):
            connection.request("HEAD", path)
            response = connection.getresponse()
            response.read()
            print("HEAD", path, response.status, response.getheader("Content-Type"), response.getheader("Set-Cookie"))
        connection.close()
        threads = [threading.Thread(target=lambda n=n: opener.open(
            urllib.request.Request(base + "/notes", json.dumps({"text": f"note {n}"}).encode(),
                                   {"Content-Type": "application/json"})).close()) for n in range(10)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        print("notes:", len(Handler.notes.notes), sorted(Handler.notes.notes) == list(range(2, 13)))
        print("requests:", len(Handler.log), Handler.log[0])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    main()
