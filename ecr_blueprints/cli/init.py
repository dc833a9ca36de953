"""``ecr-blueprints init``: a project to start from, of the operating model that fits."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import FAILED, NOTHING_FOUND
from ecr_blueprints.cli.output import print_error, standard_output_encoding, write_standard_output

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Iterator, Mapping

    from ecr_blueprints.domain.operating_model import OperatingModel, OrganizationFacts
    from ecr_blueprints.scaffold.project import ProjectOptions

__all__ = ["add_to"]

_MODELS = ("centralized", "tenant-managed", "enterprise")
_DEFAULT_FOLDER = "ecr-registry"
_EXIT_CODES = """\
Without --model, six questions and a recommendation with its reasons come
first. Nothing that exists is overwritten.

exit codes:
  0    the project is there
  2    unusable usage, a folder that is not free, or nobody to ask; nothing
       was written, and the reason is on standard error
  130  interrupted; nothing was written
"""


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "init",
        help="make a project to start from",
        description="Makes a CDK app around a blueprint in a new folder or repository, with a test, a\n"
        "workflow and a README.",
        epilog=_EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        default=_DEFAULT_FOLDER,
        help="the folder: not there yet, or without files that the project has, such\n"
        f"as a new repository (default: {_DEFAULT_FOLDER})",
    )
    parser.add_argument("--model", choices=_MODELS, help="the operating model; default: asked for")
    parser.add_argument("--account", metavar="ID", help="the account of the registry, 12 digits")
    parser.add_argument("--region", metavar="REGION", help="the main Region, such as eu-west-1")
    parser.add_argument("--organization", metavar="ID", help="the organization's id, such as o-exampleorg")
    parser.add_argument(
        "--name",
        help="the project's name, in its README; default: the folder's; stacks are named after the "
        "blueprint's key `name`",
    )
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from pathlib import Path

    from ecr_blueprints.cli.questions import NobodyToAskError, can_ask
    from ecr_blueprints.domain.operating_model import OperatingModel
    from ecr_blueprints.errors import InvalidValueError
    from ecr_blueprints.scaffold.project import FILES, render_project
    from ecr_blueprints.scaffold.project_folder import check_project_folder, write_project

    if not arguments.folder:
        raise InvalidValueError(
            "the path is empty", where="DIR", fix="check the variable that should hold it"
        )
    folder = Path(arguments.folder)
    check_project_folder(folder, FILES)
    given = _options(arguments, OperatingModel.CENTRALIZED)
    if arguments.model is not None:
        options = _options(arguments, OperatingModel(arguments.model))
    elif not can_ask():
        print_error(
            "no operating model is given, and there is nobody to ask; "
            f"give --model with one of {', '.join(_MODELS)}, or run it in a terminal"
        )
        return FAILED
    else:
        try:
            options = _asked(given)
            write_standard_output(lambda stream: stream.writelines("\n"))
        except (NobodyToAskError, KeyboardInterrupt) as ended:
            write_standard_output(lambda stream: stream.writelines("\n"))
            print_error("ended before the last answer; nothing was written")
            if isinstance(ended, KeyboardInterrupt):
                raise
            return FAILED
    files = render_project(options)
    write_project(folder, files)
    lines = list(_made(arguments.folder, options, files))
    write_standard_output(lambda stream: stream.writelines(f"{line}\n" for line in lines))
    return NOTHING_FOUND


def _options(arguments: Namespace, model: OperatingModel) -> ProjectOptions:
    """What the options say, checked."""
    import os

    from ecr_blueprints.scaffold.package_source import installed_source
    from ecr_blueprints.scaffold.project import ProjectOptions, name_from_folder

    name: str | None = arguments.name
    return ProjectOptions(
        model=model,
        name=name_from_folder(os.path.basename(os.path.abspath(arguments.folder))) if name is None else name,
        account=arguments.account,
        region=arguments.region,
        organization=arguments.organization,
        source=installed_source(),
    )


def _asked(given: ProjectOptions) -> ProjectOptions:
    """The questions, the recommendation, and what the person makes of it."""
    from dataclasses import replace

    from ecr_blueprints.cli.questions import ask
    from ecr_blueprints.domain.operating_model import OperatingModel, recommend_operating_model
    from ecr_blueprints.reporters.recommendation_text import recommendation_lines
    from ecr_blueprints.scaffold.project import PLACEHOLDERS

    recommendation = recommend_operating_model(_facts())
    lines = ["", *recommendation_lines(recommendation, standard_output_encoding())]
    write_standard_output(lambda stream: stream.writelines(f"{line}\n" for line in lines))
    options = replace(
        given, model=ask("Which model do you start with?", _model, default=str(recommendation.model))
    )
    with_tenants = options.model is OperatingModel.TENANT_MANAGED
    owner = "the platform's, which deploys the baseline" if with_tenants else "the registry's"
    questions = {
        "account": f"Which account is {owner}? Enter alone leaves a placeholder.",
        "region": "Which Region is the main one? Enter alone leaves a placeholder.",
    }
    if with_tenants:
        questions["organization"] = "Which id has the organization? Enter alone leaves a placeholder."
    for option, question in questions.items():
        if getattr(options, option) is None:
            options = _with(options, option, question, PLACEHOLDERS[option])
    return options


def _with(options: ProjectOptions, option: str, question: str, placeholder: str) -> ProjectOptions:
    from dataclasses import replace

    from ecr_blueprints.cli.questions import ask

    def read(answer: str) -> ProjectOptions:
        changed: dict[str, str | None] = {option: None if answer == placeholder else answer}
        return replace(options, **changed)  # type: ignore[arg-type]

    return ask(question, read, default=placeholder)


def _model(answer: str) -> OperatingModel:
    """The model that an answer names, by its beginning, its number, or a yes to the recommendation."""
    from ecr_blueprints.domain.operating_model import OperatingModel
    from ecr_blueprints.errors import InvalidValueError

    text = answer.lower().replace(" ", "-").strip("-.")
    found = [model for model in OperatingModel if text and model.startswith(text)]
    if len(found) != 1:
        raise InvalidValueError(f"{answer!r} is none of the models", allowed=", ".join(OperatingModel))
    return found[0]


def _facts() -> OrganizationFacts:
    from ecr_blueprints.cli.questions import ask_number, ask_yes_or_no
    from ecr_blueprints.domain.operating_model import OrganizationFacts
    from ecr_blueprints.reporters.terminal_text import wrap

    opening = wrap(
        "Six questions, and the operating model that fits. Estimates are good enough; Ctrl-C ends it, and "
        "nothing is written before the last answer."
    )
    write_standard_output(lambda stream: stream.writelines(f"{line}\n" for line in opening))
    return OrganizationFacts(
        accounts=ask_number(
            "1/6  How many AWS accounts run or build containers?",
            check=lambda number: OrganizationFacts(accounts=number, teams=1),
        ),
        teams=ask_number(
            "2/6  How many teams own images?",
            check=lambda number: OrganizationFacts(accounts=1, teams=number),
        ),
        isolated_teams=ask_yes_or_no(
            "3/6  Does regulation demand that no team, and no mistake, reaches another team's images?"
        ),
        outside_aws=ask_yes_or_no("4/6  Do clusters on other clouds or on-premises run the same images?"),
        enterprise_registry=ask_yes_or_no(
            "5/6  Are images promoted and governed in Harbor or Artifactory already?"
        ),
        air_gapped=ask_yes_or_no("6/6  Are the clusters' networks without a route to the internet?"),
    )


def _made(folder: str, options: ProjectOptions, files: Mapping[str, str]) -> Iterator[str]:
    """What was made, and the three commands that come next."""
    import shlex

    from ecr_blueprints.reporters.terminal_text import printable, wrap
    from ecr_blueprints.scaffold.project import FILES, PLACEHOLDER

    encoding = standard_output_encoding()
    yield from wrap(printable(f"Made {folder}, a project of the operating model {options.model}:", encoding))
    yield ""
    width = max(len(path) for path in files)
    for path in files:
        yield f"  {path:{width}}  {FILES[path]}"
    marked = sum(line.endswith(f"# {PLACEHOLDER}") for text in files.values() for line in text.splitlines())
    yield ""
    yield from wrap(
        f"It synthesizes as it is. {marked} lines marked {PLACEHOLDER} hold values that are made up."
    )
    yield from ("", "Next:")
    yield f"  cd {shlex.quote(folder)} && python3 -m venv .venv && . .venv/bin/activate"
    yield "  pip install -r requirements.txt && npm ci"
    yield "  python -m pytest && npx cdk synth --quiet"
    yield ""
    yield "README.md goes on from there: your accounts, bootstrap, deployment."
