"""The operator commands of aster-cli, without its shell, which needs further packages."""

import argparse
import sys

from aster_cli import enroll, keygen, profile, trust

parser = argparse.ArgumentParser()
groups = parser.add_subparsers(dest="command")
enroll.register_enroll_subparser(groups)
keygen.register_keygen_subparser(groups)
profile.register_profile_subparser(groups)
trust.register_trust_subparser(groups)
args = parser.parse_args()
run = {
    "enroll": enroll.run_enroll_command,
    "keygen": keygen.run_keygen_command,
    "profile": profile.run_profile_command,
    "trust": trust.run_trust_command,
}
sys.exit(run[args.command](args))
