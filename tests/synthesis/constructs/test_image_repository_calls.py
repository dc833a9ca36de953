"""What an `ImageRepository` costs: calls into Node.js. And that what saves them changes nothing else."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import jsii._kernel.providers.process as transport
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match, Template

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.repository_batch import made_together
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.domain.pipeline_identity import GitHubActions
from ecr_blueprints.errors import InvalidValueError

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
ORGANIZATION = "o-a1b2c3d4e5"
PATHS = ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*", "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/*")
LATE = "*property injector for ecr.Repository was added after*"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Counts the requests that are sent to Node.js."""
    sent: list[str] = []
    send = transport._NodeProcess.send

    def counted(self: Any, request: Any, response: Any) -> Any:
        sent.append(type(request).__name__)
        return send(self, request, response)

    monkeypatch.setattr(transport._NodeProcess, "send", counted)

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent.clear()
        yield sent

    return counting


def policy_in(stack: cdk.Stack) -> list[dict[str, Any]]:
    (found,) = Template.from_stack(stack).find_resources("AWS::ECR::Repository").values()
    return list(found["Properties"].get("RepositoryPolicyText", {}).get("Statement", []))


def policy_in_of(repository: ImageRepository, stack: cdk.Stack) -> list[dict[str, Any]]:
    resource = repository.node.default_child
    assert isinstance(resource, ecr.CfnRepository)
    found: dict[str, Any] = stack.resolve(resource.repository_policy_text)
    return list(found["Statement"])


class TestCalls:
    def test_a_repository_and_its_grant_take_four(self, stack: cdk.Stack, calls: Callable[[], Any]) -> None:
        # What all repositories of a scope share is asked once, by the first.
        ImageRepository(stack, "First", repository_name="prod/first").grant_pull_to_organization(ORGANIZATION)
        with calls() as sent:
            ImageRepository(stack, "Api", repository_name="prod/api").grant_pull_to_organization(ORGANIZATION)
        assert sent == ["CreateRequest", "InvokeRequest", "SetRequest", "SetRequest"]

    def test_one_of_those_that_are_made_together_takes_three(
        self, stack: cdk.Stack, calls: Callable[[], Any]
    ) -> None:
        def make(names: range) -> list[str]:
            with calls() as sent:
                scope = cdk.NestedStack(stack, f"Of{len(names)}")
                with made_together(scope):
                    for number in names:
                        repository = ImageRepository(
                            scope,
                            f"R{number}",
                            repository_name=f"prod/{number}",
                            owner="team",
                            tags={"a": "b"},
                        )
                        repository.grant_pull_to_organization(ORGANIZATION)
                return list(sent)

        make(range(1))
        assert len(make(range(7))) - len(make(range(2))) == 3 * 5

    def test_many_accounts_and_roles_are_written_once(
        self, stack: cdk.Stack, calls: Callable[[], Any]
    ) -> None:
        accounts = [str(200000000000 + number) for number in range(15)]
        roles = [f"arn:aws:iam::{account}:role/ci" for account in accounts]
        first = ImageRepository(stack, "First", repository_name="prod/first")
        first.grant_pull_to_account(*accounts)  # The partition is asked once for a stack.
        repository = ImageRepository(stack, "Api", repository_name="prod/api")
        grants = RepositoryGrants.from_repository(repository)
        with calls() as sent, grants.together():
            grants.pull_to_account(*accounts)
            grants.push_to_role(*roles)
            grants.pull_to_organization_paths(*PATHS)
        assert sent == ["StaticInvokeRequest", "SetRequest"]
        assert [one["Sid"] for one in policy_in_of(repository, stack)] == [
            "PullByAccounts",
            "PushByRoles",
            "PullByOrganizationPaths",
        ]

    def test_a_pipeline_of_many_repositories_is_asked_for_once(
        self, stack: cdk.Stack, calls: Callable[[], Any]
    ) -> None:
        pipeline = GitHubActions("acme/payments", environment="prod")
        ImageRepository(stack, "First", repository_name="prod/first").grant_push(pipeline)
        repository = ImageRepository(stack, "Api", repository_name="prod/api")
        with calls() as sent:
            repository.grant_push(pipeline)
        assert sent == ["InvokeRequest"]

    def test_synthesis_calls_back_once_for_an_app(self, stack: cdk.Stack, calls: Callable[[], Any]) -> None:
        for name in ("one", "two", "three"):
            ImageRepository(stack, name).grant_pull_to_organization(ORGANIZATION)
        with calls() as sent:
            stack.node.root.synth()  # type: ignore[attr-defined]
        assert sent.count("_CompleteRequest") == 1


class TestWrittenPolicy:
    """Statements that are written as JSON are those that CDK renders."""

    @pytest.mark.parametrize("flagged", [False, True])
    def test_it_is_what_cdk_renders(self, recommended_flags: dict[str, Any], flagged: bool) -> None:
        rendered = []
        for make in (ImageRepository, ecr.Repository):
            stack = cdk.Stack(cdk.App(context=recommended_flags if flagged else {}), "Stack")
            grants = RepositoryGrants.from_repository(make(stack, "Api"))
            grants.pull_to_organization_paths(*PATHS)
            grants.pull_to_organization(ORGANIZATION)
            grants.pull_to_account("444455556666", "777788889999")
            grants.push_to_role("arn:aws:iam::444455556666:role/ci")
            grants.to_principal_elsewhere(
                iam.ArnPrincipal("arn:aws:iam::444455556666:role/ci"), ["ecr:ListImages"]
            )
            rendered.append(policy_in(stack))
        assert rendered[0] == rendered[1]
        assert len(rendered[0]) == 5

    @pytest.mark.parametrize("others_first", [False, True])
    def test_it_goes_together_with_cdks_statements(self, others_first: bool) -> None:
        rendered = []
        for make in (ImageRepository, ecr.Repository):
            stack = cdk.Stack(cdk.App(), "Stack")
            repository = make(stack, "Api")
            grants = RepositoryGrants.from_repository(repository)
            if not others_first:
                grants.pull_to_organization(ORGANIZATION)
            repository.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="Own", actions=["ecr:ListImages"], principals=[iam.AccountPrincipal("444455556666")]
                )
            )
            grants.pull_to_organization_paths(PATHS[0])
            grants.pull_to_account("444455556666")
            grants.pull_to_organization_paths(PATHS[1])
            grants.pull_to_organization(ORGANIZATION)
            rendered.append(policy_in(stack))
        assert rendered[0] == rendered[1]
        assert len(rendered[0]) == 4

    def test_an_invalid_statement_of_cdks_is_still_refused(self, stack: cdk.Stack) -> None:
        repository = ImageRepository(stack, "Api")
        repository.grant_pull_to_organization(ORGANIZATION)
        added = repository.add_to_resource_policy(
            iam.PolicyStatement(actions=["ecr:ListImages"], principals=[iam.AnyPrincipal()])
        )
        assert added.statement_added
        repository.add_to_resource_policy(
            iam.PolicyStatement(principals=[iam.AccountPrincipal("444455556666")])
        )
        with pytest.raises(RuntimeError, match="must specify at least one 'action'"):
            Template.from_stack(stack)

    def test_a_token_is_resolved(self, stack: cdk.Stack) -> None:
        parameter = cdk.CfnParameter(stack, "Organization")
        ImageRepository(stack, "Api").grant_pull_to_organization(parameter.value_as_string)
        (statement,) = policy_in(stack)
        assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == [{"Ref": "Organization"}]

    def test_it_is_too_long_where_it_is(self, stack: cdk.Stack) -> None:
        repository = ImageRepository(stack, "Api")
        repository.grant_pull_to_organization_paths(
            *(f"o-a1b2c3d4e5/r-ab12/ou-ab12-{number:08}/*" for number in range(250))
        )
        with pytest.raises(RuntimeError, match="the repository policy has at least"):
            Template.from_stack(stack)

    def test_a_subclass_sees_every_statement(self, stack: cdk.Stack) -> None:
        seen: list[str] = []

        class Own(ImageRepository):
            def add_to_resource_policy(self, statement: iam.PolicyStatement) -> iam.AddToResourcePolicyResult:
                seen.append(str(statement.sid))
                return super().add_to_resource_policy(statement)

        Own(stack, "Api").grant_pull_to_organization(ORGANIZATION)
        assert seen == ["PullByOrganizations"]
        assert [one["Sid"] for one in policy_in(stack)] == seen


@jsii.implements(cdk.IPropertyInjector)
class _Injector:
    def __init__(self, of: str, **defaults: Any) -> None:
        self._of = of
        self._defaults = defaults

    @property
    def construct_unique_id(self) -> str:
        return self._of

    def inject(self, original_props: Any, *, scope: Any = None, id: Any = None) -> Any:
        return {**self._defaults, **original_props}


class TestPropertyInjectors:
    OWN = str(ecr.Repository.PROPERTY_INJECTION_ID)

    @pytest.mark.parametrize("above", ["app", "stage", "stack", "scope"])
    def test_one_counts_wherever_it_stands(self, above: str) -> None:
        app = cdk.App()
        stage = cdk.Stage(app, "Stage")
        stack = cdk.Stack(stage, "Stack")
        scope = cdk.NestedStack(stack, "Scope")
        places = {"app": app, "stage": stage, "stack": stack, "scope": scope}
        cdk.PropertyInjectors.of(places[above]).add(_Injector(self.OWN, imageTagMutability="MUTABLE"))
        repository = ImageRepository(scope, "Api")
        resource = repository.node.default_child
        assert isinstance(resource, ecr.CfnRepository)
        assert resource.image_tag_mutability == "MUTABLE"

    def test_a_rule_that_breaks_its_policy_names_it(self, stack: cdk.Stack) -> None:
        rules = [{"tagStatus": "untagged", "maxImageCount": 1}]
        cdk.PropertyInjectors.of(stack).add(_Injector(self.OWN, lifecycleRules=rules))
        repository = ImageRepository(stack, "Api")
        with pytest.raises(
            InvalidValueError, match=r"untagged.*property injector.*give the repository retent"
        ):
            repository.add_lifecycle_rule(tag_status=ecr.TagStatus.UNTAGGED, max_image_count=3)

    def test_one_for_something_else_costs_nothing(self, stack: cdk.Stack, calls: Callable[[], Any]) -> None:
        cdk.PropertyInjectors.of(stack).add(_Injector("aws-cdk-lib.aws_s3.Bucket"))
        ImageRepository(stack, "First")
        with calls() as sent:
            ImageRepository(stack, "Api")
        assert len(sent) == 3

    def test_one_that_comes_later_is_warned_of(self, stack: cdk.Stack) -> None:
        ImageRepository(stack, "First")
        cdk.PropertyInjectors.of(stack).add(_Injector(self.OWN, imageTagMutability="MUTABLE"))
        ImageRepository(stack, "Second")
        warnings = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(LATE[1:-1]))
        assert len(warnings) == 1

    def test_without_one_nothing_is_warned_of(self, stack: cdk.Stack) -> None:
        ImageRepository(stack, "First")
        assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_an_id_that_is_taken_changes_nothing(stack: cdk.Stack) -> None:
    ImageRepository(stack, "Api")
    with pytest.raises(InvalidValueError, match="there is a construct 'Stack/Api' already") as refused:
        ImageRepository(stack, "Api")
    assert refused.value.__suppress_context__


def test_the_programs_of_the_benchmark_declare_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    settings = runpy.run_path(str(BENCHMARKS / "same_settings.py"))["settings"]
    found = []
    for program in ("image_repositories", "hand_written_repositories"):
        stack = cdk.Stack(cdk.App(), "Images")
        runpy.run_path(str(BENCHMARKS / f"{program}.py"))["declare"](stack, 3)
        found.append(settings(Template.from_stack(stack).to_json()))
    assert found[0] == found[1]
    assert len(found[0]) == 3


def test_importing_it_loads_no_module_of_cdk_that_a_repository_does_not_need() -> None:
    program = (
        "import sys; from ecr_blueprints import ImageRepository; "
        "print(*sorted(name for name in sys.modules"
        " if name.startswith('aws_cdk.aws_') and '_private' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"aws_cdk.aws_ecr", "aws_cdk.aws_events", "aws_cdk.aws_iam"}
