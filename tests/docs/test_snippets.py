"""Every fenced block of README.md and of the pages below docs does what it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docs_markdown import FencedBlock, fenced_blocks

ROOT = Path(__file__).resolve().parents[2]


def test_every_block_of_the_page_works(page_with_blocks: Path, page_run) -> None:
    for block in fenced_blocks(page_with_blocks):
        try:
            page_run.run(block)
        except (AssertionError, Exception) as error:
            pytest.fail(f"{page_with_blocks.relative_to(ROOT)}:{block.line}: {type(error).__name__}: {error}")


def test_readme_opens_with_the_two_commands() -> None:
    first = fenced_blocks(ROOT / "README.md")[0]
    assert first.language == "sh"
    assert [line.partition("#")[0].strip() for line in first.text.splitlines()] == ["make demo", "make test"]


def block(language: str, text: str) -> FencedBlock:
    return FencedBlock(page=Path("page.md"), line=1, language=language, text=text, headings=())


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("", "anything\n", "unknown language ''"),
        ("bash", "make test\n", "unknown language 'bash'"),
        ("python", "assert False\n", "AssertionError"),
        ("yaml", "- a list\n", "not a mapping"),
        ("yaml", "unknown: 1\n", "neither a template nor a part of a blueprint: unknown"),
        ("yaml", "version: 1\nmodel: centralized\n", "mistakes in"),
        ("yaml", "stages: {}\n", "stages"),
        ("yaml", "team: payments\nrepositories: {}\n", "repositories"),
        ("yaml", "Resources: 1\n", "cannot be reviewed"),
        ("yaml", "jobs: {review: {steps: [{run: rm -rf /}]}}\n", "rm -rf /"),
        ("json", '{"rules": []}\n', "assert"),
        ("json", '{"schemaVersion": 1}\n', "is a required property"),
        ("json", '{"something": 1}\n', "a kind that nothing here knows"),
        ("sh", "make nothing\n", "no such target"),
        ("sh", "pip install something\n", "pip install something"),
        ("sh", "pip install 'ecr-blueprints[nothing]'\n", "ecr-blueprints\\[nothing"),
        ("sh", "ecr-blueprints review nothing.yaml\n", "exit code 2"),
        ("sh", "ecr-blueprints review --nothing\n", "exit code 2"),
        ("sh", "cdk destroy --all\n", "cdk destroy"),
        ("sh", "cdk deploy --all\n", "no assembly was synthesized"),
        ("sh", "cd nowhere\n", "cd nowhere"),
        ("sh", "npm ci\n", "there is no package-lock"),
        ("sh", "npx something\n", "npx something"),
        ("sh", "python -m pytest\n", "python -m pytest: "),
        ("sh", "python app.py\n", "python app"),
        ("sh", "python3 app.py\n", "python3 app"),
        ("sh", "npx cdk bootstrap here\n", "bootstrap here"),
        ("sh", "npx cdk bootstrap aws://111122223333/eu-west-1 --trust 222233334444\n", "bootstrap aws"),
        ("sh", "docker run something\n", "docker run"),
        ("sh", "docker pull --quiet a/b:c\n", "--quiet"),
        ("sh", "ecr-blueprints init --model nothing\n", "exit code 2"),
        ("sh", "cp /etc/passwd here\n", "cp /etc/passwd"),
        ("sh", "aws ecr no-such-operation\n", "no such operation"),
        ("sh", "aws ecr delete-repository --name a\n", "--name"),
        ("sh", "aws ecr delete-repository --force\n", "delete-repository"),
        ("sh", "wget https://example.com\n", "nothing here knows: wget"),
        ("sh", "curl https://example.com/somewhere\n", "/somewhere"),
        ("text", "no block before it printed this\n", "not what the block before it prints"),
    ],
)
def test_a_block_that_is_wrong_is_found(language: str, text: str, reason: str, page_run) -> None:
    with pytest.raises((Exception, pytest.fail.Exception), match=reason):
        page_run.run(block(language, text))


def test_an_account_that_does_not_trust_the_deploying_one_is_found(page_run) -> None:
    artifact = {"type": "aws:cloudformation:stack", "environment": "aws://222233334444/eu-west-1"}
    (page_run.folder / "cdk.out").mkdir()
    (page_run.folder / "cdk.out" / "manifest.json").write_text(json.dumps({"artifacts": {"s": artifact}}))
    page_run.run(block("sh", "npx cdk bootstrap aws://111122223333/eu-west-1\n"))
    with pytest.raises(AssertionError, match="--trust 111122223333` of 222233334444"):
        page_run.run(block("sh", "npx cdk deploy --all\n"))
    policies = "--cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess"
    trusting = f"npx cdk bootstrap aws://222233334444/eu-west-1 --trust 111122223333 {policies}\n"
    page_run.run(block("sh", f"{trusting}npx cdk deploy --all\n"))


def test_the_next_block_goes_on_where_the_last_one_ended(page_run) -> None:
    (page_run.folder / "registry").mkdir()
    page_run.run(block("sh", "cd registry\n"))
    with pytest.raises(AssertionError, match="cd registry"):
        page_run.run(block("sh", "cd registry\n"))


def test_text_is_what_the_command_before_it_prints(page_run) -> None:
    page_run.run(block("sh", "ecr-blueprints rules ECR301\n"))
    page_run.run(block("text", page_run.output))
    with pytest.raises(AssertionError, match="not what the block before it prints"):
        page_run.run(block("text", f"{page_run.output} \n"))
