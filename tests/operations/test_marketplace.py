"""Products of AWS Marketplace: their components in lists, in recipes, and what is behind them."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timezone

import pytest

from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.resources.components import Component, ProductCodeListItem
from imagebuilder_mock.operations.rules.recipes import check_products
from tests.builders import AMAZON, OWN, a_build, a_component, a_recipe
from tests.model import needs_member
from tests.refusals import invalid_combination, invalid_value, not_found

PRODUCTS = "arn:aws:imagebuilder:us-east-1:aws-marketplace:component/"
AGENT = f"{PRODUCTS}datadog-agent-for-linux-prod-wwo2b4p7dgrkk/0.1.0/1"
SENSOR = f"{PRODUCTS}crowdstrike-falcon-install-linux-prod-nhzsem4gwwfja"
ARTIFACT = "s3://sample-datadog-agent-for-linux/agent/install.sh"

pytestmark = needs_member("CreateImageRecipe", "components.componentArn", accepts=AGENT)


class TestComponents:
    """The names are those of public reports: terraform-provider-aws issue 41818 and others."""

    def test_they_are_listed_under_their_owner(self, imagebuilder):
        found = imagebuilder.list_components(owner="AWSMarketplace")["componentVersionList"]

        assert {entry["owner"] for entry in found} == {"AWSMarketplace"}
        assert found[0]["name"] == "Ubuntu Pro Component-prod-w2osc53uiegx4"
        assert found[0]["arn"] == f"{PRODUCTS}ubuntu-pro-component-prod-w2osc53uiegx4/1.0.0"
        assert found[0]["productCodes"] == [
            {"productCodeId": "9bztusbna2lfuk6zw7upzdvsv", "productCodeType": "marketplace"}
        ]

    def test_a_product_code_finds_its_components(self, imagebuilder):
        filters = [{"name": "productCodes", "values": ["9bztusbna2lfuk6zw7upzdvsv"]}]

        found = imagebuilder.list_components(owner="AWSMarketplace", filters=filters)
        own = imagebuilder.list_components(filters=filters)

        [entry] = found["componentVersionList"]
        assert entry["name"] == "Ubuntu Pro Component-prod-w2osc53uiegx4"
        assert own["componentVersionList"] == []

    def test_their_documents_are_hidden(self, imagebuilder):
        """Source: awscli example of GetComponent."""
        component = imagebuilder.get_component(componentBuildVersionArn=AGENT)["component"]

        assert "data" not in component
        assert component["obfuscate"] is True
        assert component["publisher"] == "Datadog"
        assert component["productCodes"][0]["productCodeType"] == "marketplace"
        assert [parameter["name"] for parameter in component["parameters"]] == ["Site"]


class TestRecipes:
    def test_one_with_a_product_is_built(self, imagebuilder):
        recipe = a_recipe(
            imagebuilder,
            components=[
                {"componentArn": AGENT, "parameters": [{"name": "Site", "value": ["example.com"]}]}
            ],
        )

        image = imagebuilder.get_image(
            imageBuildVersionArn=a_build(imagebuilder, imageRecipeArn=recipe)
        )["image"]

        assert image["imageRecipe"]["components"][0]["componentArn"] == AGENT

    @pytest.mark.parametrize(
        "product", ["prod-abcdef0123456", "01234567-89ab-cdef-0123-456789abcdef"]
    )
    def test_a_product_can_be_the_parent(self, imagebuilder, product):
        """Source: API reference, CreateImageRecipe."""
        recipe = a_recipe(imagebuilder, parentImage=product)

        found = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert (found["parentImage"], found["platform"]) == (product, "Linux")

    def test_a_products_operating_system_has_to_fit(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image_recipe,
            name="web",
            semanticVersion="1.0.0",
            parentImage=f"{AMAZON}image/amazon-linux-2-x86/x.x.x",
            components=[
                {"componentArn": f"{PRODUCTS}ubuntu-pro-component-prod-w2osc53uiegx4/x.x.x"}
            ],
        )

        assert refusal == invalid_combination(
            "components[0].componentArn",
            "Component ARN does not support the Parent Image OS Version.",
        )


def a_product(number, component_type="BUILD"):
    return Component(
        arn=f"{PRODUCTS}product-{number}/1.0.0/1",
        name=f"product-{number}",
        date_created=datetime(2026, 1, 1, tzinfo=timezone.utc),
        owner="AWSMarketplace",
        platform="Linux",
        type=component_type,
        document="",
        product_codes=(ProductCodeListItem(f"code-{number}"),),
    )


class TestProductsOfARecipe:
    """Source: user guide, create-image-recipes."""

    def test_there_can_be_nine(self):
        check_products([a_product(number) for number in range(9)], of_parent=0)

    def test_there_cannot_be_ten(self):
        with pytest.raises(InvalidParameterValueException, match="at most 9 marketplace products"):
            check_products([a_product(number) for number in range(10)], of_parent=0)

    def test_a_parent_counts(self):
        with pytest.raises(InvalidParameterValueException, match="at most 9 marketplace products"):
            check_products([a_product(number) for number in range(9)], of_parent=1)

    def test_one_product_counts_once(self):
        check_products([a_product(number % 9) for number in range(10)], of_parent=0)

    def test_something_has_to_be_built(self):
        with pytest.raises(InvalidParameterValueException, match="at least 1 build component"):
            check_products([a_product(1, "TEST")], of_parent=0)


class TestGetMarketplaceResource:
    """Source: API reference, GetMarketplaceResource."""

    @pytest.mark.parametrize("arn", [AGENT, f"{SENSOR}/1.2.2", f"{SENSOR}/x.x.x"])
    def test_the_document_comes_hidden(self, imagebuilder, arn):
        answer = imagebuilder.get_marketplace_resource(
            resourceType="COMPONENT_DATA", resourceArn=arn
        )

        assert answer["resourceArn"] == arn
        assert "url" not in answer
        document = parse_component_document(b64decode(answer["data"]).decode())
        assert [phase.name for phase in document.phases] == ["build"]

    @pytest.mark.imagebuilder(now=datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc))
    def test_an_artifact_has_an_address_for_an_hour(self, imagebuilder):
        answer = imagebuilder.get_marketplace_resource(
            resourceType="COMPONENT_ARTIFACT", resourceArn=AGENT, resourceLocation=ARTIFACT
        )

        assert answer["url"].startswith(
            "https://sample-datadog-agent-for-linux.s3.us-east-1.amazonaws.com/agent/install.sh?"
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260203T040506Z&X-Amz-Expires=3600&"
        )
        assert "data" not in answer

    def test_an_artifact_is_told_by_its_location(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.get_marketplace_resource,
            resourceType="COMPONENT_ARTIFACT",
            resourceArn=AGENT,
        )

        assert refusal == invalid_combination(
            "resourceLocation", "An artifact of a component needs a 'resourceLocation'."
        )

    def test_an_artifact_of_something_else_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.get_marketplace_resource,
            resourceType="COMPONENT_ARTIFACT",
            resourceArn=AGENT,
            resourceLocation="s3://bucket/key",
        )

        assert refusal == invalid_value(
            "resourceLocation", f"The component '{AGENT}' has no artifact 's3://bucket/key'."
        )

    @pytest.mark.parametrize(
        "arn", [f"{OWN}component/web/1.0.0/1", f"{AMAZON}image/amazon-linux-2-x86/x.x.x"]
    )
    def test_other_resources_are_refused(self, imagebuilder, refused, arn):
        a_component(imagebuilder, name="web")

        refusal = refused(
            imagebuilder.get_marketplace_resource, resourceType="COMPONENT_DATA", resourceArn=arn
        )

        assert refusal == invalid_value(
            "resourceArn", "The resource must be an AWS Marketplace component."
        )

    def test_a_product_that_is_not_there_is_not_found(self, imagebuilder, refused):
        arn = f"{PRODUCTS}gone-prod-0123456789abc/1.0.0/1"

        refusal = refused(
            imagebuilder.get_marketplace_resource, resourceType="COMPONENT_DATA", resourceArn=arn
        )

        assert refusal == not_found("Component", arn)
