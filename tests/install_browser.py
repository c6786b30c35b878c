"""Installs Debian's Chromium for the tests of the HTML report, where that can be done.

Where it cannot (no apt-get, not root, no network), those tests are skipped and say so.
"""

import os
import shutil
import subprocess


def main() -> None:
    if shutil.which("chromium") or shutil.which("google-chrome"):
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print("chromium is not installed: the tests that open the report will be skipped")
        return
    for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        done = subprocess.run(["apt-get", *command], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print("chromium could not be installed: tests that open the report will be skipped")
            return


if __name__ == "__main__":
    main()
