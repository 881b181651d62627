"""The parser of `sarai models`. Owns its words; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any, TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Commands = argparse._SubParsersAction  # has no public name


def add_models(commands: Commands[P]) -> None:
    """Adds the command and all that can stand behind it."""
    models = commands.add_parser("models", help="the models: who serves each role, getting more")
    models.add_argument(
        "--verbose", action="store_true", help="with files, memory, and why one cannot be used"
    )
    models.add_argument("--json", action="store_true", help="for programs")
    models.set_defaults(command_module="models")
    actions = models.add_subparsers(metavar="[pull|verify|rm|fit|why]")
    _add_pull(actions)
    _add_verify(actions)
    _add_rm(actions)
    fit = actions.add_parser(
        "fit", help="which of them fit into memory now, and why the others do not"
    )
    fit.add_argument("--json", action="store_true", help="for programs")
    fit.set_defaults(command_module="models_fit")
    why = actions.add_parser("why", help="which of them had to leave, for whom, and why they")
    why.add_argument("name", nargs="?", metavar="NAME", help="only where this model was part of it")
    why.add_argument("--all", action="store_true", help="all that are kept, not only the newest")
    why.set_defaults(command_module="models_why")


def _add_pull(actions: Commands[Any]) -> None:
    pull = actions.add_parser("pull", help="download real models; goes on where it was stopped")
    pull.add_argument(
        "targets",
        nargs="*",
        metavar="NAME",
        help="profiles (best_of_breed, apache), roles (expert, tiny, rag, audio, empathy, vision, "
        "embeddings) or models; without any, the profile in force, else best_of_breed",
    )
    pull.add_argument("--dry-run", action="store_true", help="only tell what would be downloaded")
    pull.add_argument(
        "--accept-licence",
        action="store_true",
        help="accept licences that exclude commercial use, without being asked",
    )
    pull.add_argument(
        "--from", dest="folder", metavar="DIR", help="take the files from a folder, not the network"
    )
    pull.add_argument(
        "--at-once", type=int, default=4, metavar="N", help="files at the same time, at most 8"
    )
    pull.add_argument(
        "--anyway", action="store_true", help="also models that the memory budget has no room for"
    )
    pull.add_argument(
        "--ollama", action="store_true", help="let Ollama get its models: NAME is one of them"
    )
    pull.set_defaults(command_module="models_pull")


def _add_verify(actions: Commands[Any]) -> None:
    verify = actions.add_parser("verify", help="read every file in full and compare its sum")
    verify.add_argument(
        "targets", nargs="*", metavar="NAME", help="as for pull; without any, all that is here"
    )
    verify.set_defaults(command_module="models_verify")


def _add_rm(actions: Commands[Any]) -> None:
    rm = actions.add_parser("rm", help="delete downloaded files")
    rm.add_argument("targets", nargs="+", metavar="NAME", help="profiles, roles or models")
    rm.add_argument("--yes", action="store_true", help="do not ask")
    rm.set_defaults(command_module="models_rm")
