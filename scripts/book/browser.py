"""Chromium without a window, driven over its pipe (the DevTools protocol): pictures of pages, and what is wrong on them."""

import base64
import json
import os
import pathlib
import re
import subprocess

# Chromium's own sandbox wants rights that root in a container hasn't; it sees pages of this project only.
FLAGS = ["--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--mute-audio", "--no-first-run"]


class Browser:
    """Started on construction; leaving the `with` ends it."""

    def __init__(self, program: list[str], environment: dict[str, str], profile: pathlib.Path):
        self.number, self.events = 0, []
        child_reads, we_write = os.pipe()
        we_read, child_writes = os.pipe()

        def wire() -> None:
            # The pipe's ends must be 3 and 4; they may stand in each other's way.
            reads, writes = os.dup(child_reads), os.dup(child_writes)
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        self.process = subprocess.Popen([*program, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, close_fds=False,
                                        preexec_fn=wire)
        os.close(child_reads)
        os.close(child_writes)
        self.to, self.of = os.fdopen(we_write, "wb", buffering=0), os.fdopen(we_read, "rb")
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def hear(self) -> dict:
        said = bytearray()
        while (byte := self.of.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("Chromium ended")
            said += byte
        return json.loads(said)

    def ask(self, method: str, **parameters) -> dict:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        while (answer := self.hear()).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def run(self, script: str):
        """The value of a script on the page; promises are waited for."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "a script failed"))
        return answer["result"].get("value")

    def open(self, url: str, width: int, height: int) -> list[str]:
        """Shows a page; what it couldn't load and what its scripts complained about."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.events.clear()
        self.ask("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.hear())
        # What the page's scripts began to load is waited for, too; else the next page would cut it off.
        for _ in range(200):
            self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
            if not self.under_way():
                break
        return [trouble for event in self.events if (trouble := self.trouble(event))]

    def under_way(self) -> set[str]:
        """The requests that haven't ended."""
        by = {method: {event["params"]["requestId"] for event in self.events if event.get("method") == f"Network.{method}"}
              for method in ("requestWillBeSent", "loadingFinished", "loadingFailed")}
        return by["requestWillBeSent"] - by["loadingFinished"] - by["loadingFailed"]

    @staticmethod
    def trouble(event: dict) -> str | None:
        method, told = event.get("method"), event.get("params", {})
        if method == "Network.loadingFailed":
            return f"couldn't load: {told['errorText']}"
        if method == "Network.responseReceived" and told["response"]["status"] >= 400:
            return f"{told['response']['url']} answers {told['response']['status']}"
        if method == "Runtime.exceptionThrown":
            return f"script: {told['exceptionDetails'].get('exception', {}).get('description', 'failed')}"
        if method == "Log.entryAdded" and told["entry"]["level"] == "error":
            return f"{told['entry']['text']}"
        return None

    def picture(self, out: pathlib.Path) -> None:
        """The whole page from top to bottom, as PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12_000), "scale": 1}
        taken = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        out.write_bytes(base64.b64decode(taken["data"]))

    def sheets(self) -> int:
        """How many sheets of A4 the page takes on paper."""
        printed = base64.b64decode(self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])
        return len(re.findall(rb"/Type\s*/Page\b", printed))
