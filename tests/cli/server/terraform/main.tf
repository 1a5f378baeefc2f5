# Everything that the AWS provider has for Image Builder, and what stands around it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
}

variable "round" {
  description = "What changes between two applies."
  type        = string
  default     = "first"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  managed = "arn:${data.aws_partition.current.partition}:imagebuilder:${data.aws_region.current.name}:aws"
}

# Around it

resource "aws_vpc" "builds" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "builds" {
  vpc_id     = aws_vpc.builds.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "builds" {
  name   = "builds"
  vpc_id = aws_vpc.builds.id
}

resource "aws_iam_role" "builder" {
  name = "builder"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_instance_profile" "builder" {
  name = "builder"
  role = aws_iam_role.builder.name
}

resource "aws_iam_role_policy_attachment" "builder" {
  role       = aws_iam_role.builder.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/EC2InstanceProfileForImageBuilder"
}

resource "aws_iam_role" "lifecycle" {
  name = "lifecycle"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "imagebuilder.amazonaws.com" }
    }]
  })
}

resource "aws_kms_key" "images" {
  description = "images"
}

resource "aws_sns_topic" "builds" {
  name = "builds"
}

resource "aws_s3_bucket" "documents" {
  bucket        = "documents-of-builds"
  force_destroy = true
}

resource "aws_s3_object" "document" {
  bucket  = aws_s3_bucket.documents.bucket
  key     = "web.yml"
  content = local.document
}

resource "aws_ecr_repository" "web" {
  name         = "web"
  force_delete = true
}

resource "aws_launch_template" "web" {
  name = "web"

  # The distribution gives it versions.
  lifecycle {
    ignore_changes = [default_version, description, image_id]
  }
}

# Image Builder

locals {
  document = yamlencode({
    schemaVersion = 1.0
    phases = [{
      name = "build"
      steps = [{
        name   = "Greet"
        action = "ExecuteBash"
        inputs = { commands = ["echo hello"] }
      }]
    }]
  })
}

resource "aws_imagebuilder_component" "inline" {
  name       = "inline"
  platform   = "Linux"
  version    = "1.0.0"
  data       = local.document
  kms_key_id = aws_kms_key.images.arn
  tags       = { round = var.round }
}

resource "aws_imagebuilder_component" "from_bucket" {
  name     = "from-bucket"
  platform = "Linux"
  version  = "1.0.0"
  uri      = "s3://${aws_s3_object.document.bucket}/${aws_s3_object.document.key}"
}

resource "aws_imagebuilder_image_recipe" "web" {
  name         = "web"
  parent_image = "${local.managed}:image/amazon-linux-2023-x86/x.x.x"
  version      = "1.0.0"
  tags         = { round = var.round }

  block_device_mapping {
    device_name = "/dev/xvda"

    ebs {
      delete_on_termination = true
      encrypted             = true
      kms_key_id            = aws_kms_key.images.arn
      volume_size           = 20
      volume_type           = "gp3"
    }
  }

  component {
    component_arn = aws_imagebuilder_component.inline.arn
  }

  component {
    component_arn = aws_imagebuilder_component.from_bucket.arn
  }

  component {
    component_arn = "${local.managed}:component/update-linux/x.x.x"
  }
}

resource "aws_imagebuilder_container_recipe" "web" {
  name           = "web"
  version        = "1.0.0"
  container_type = "DOCKER"
  parent_image   = "${local.managed}:image/amazon-linux-x86-latest/x.x.x"
  tags           = { round = var.round }

  component {
    component_arn = aws_imagebuilder_component.inline.arn
  }

  target_repository {
    repository_name = aws_ecr_repository.web.name
    service         = "ECR"
  }

  dockerfile_template_data = <<-EOT
    FROM {{{ imagebuilder:parentImage }}}
    {{{ imagebuilder:environments }}}
    {{{ imagebuilder:components }}}
  EOT
}

resource "aws_imagebuilder_infrastructure_configuration" "web" {
  name                          = "web"
  description                   = var.round
  instance_profile_name         = aws_iam_instance_profile.builder.name
  instance_types                = ["t3.micro"]
  security_group_ids            = [aws_security_group.builds.id]
  subnet_id                     = aws_subnet.builds.id
  sns_topic_arn                 = aws_sns_topic.builds.arn
  terminate_instance_on_failure = true
  tags                          = { round = var.round }

  logging {
    s3_logs {
      s3_bucket_name = aws_s3_bucket.documents.bucket
      s3_key_prefix  = "logs"
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "web" {
  name        = "web"
  description = var.round
  tags        = { round = var.round }

  distribution {
    region = data.aws_region.current.name

    ami_distribution_configuration {
      name     = "web-{{ imagebuilder:buildDate }}"
      ami_tags = { round = var.round }
    }

    launch_template_configuration {
      launch_template_id = aws_launch_template.web.id
    }
  }
}

resource "aws_imagebuilder_workflow" "check" {
  name    = "check"
  version = "1.0.0"
  type    = "TEST"
  tags    = { round = var.round }

  data = yamlencode({
    name          = "check"
    description   = "Launches what was built."
    schemaVersion = 1.0
    steps = [
      {
        name   = "Launch"
        action = "LaunchInstance"
        inputs = { waitFor = "ssmAgent" }
      },
      {
        name   = "Terminate"
        action = "TerminateInstance"
        inputs = { "instanceId.$" = "$.stepOutputs.Launch.instanceId" }
      },
    ]
  })
}

resource "aws_imagebuilder_image_pipeline" "web" {
  name                             = "web"
  description                      = var.round
  image_recipe_arn                 = aws_imagebuilder_image_recipe.web.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.web.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.web.arn
  tags                             = { round = var.round }

  schedule {
    schedule_expression = "cron(0 0 * * ? *)"
  }

  image_tests_configuration {
    image_tests_enabled = true
    timeout_minutes     = 60
  }
}

resource "aws_imagebuilder_image" "web" {
  image_recipe_arn                 = aws_imagebuilder_image_recipe.web.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.web.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.web.arn
  tags                             = { round = var.round }
}

resource "aws_imagebuilder_lifecycle_policy" "web" {
  name           = "web"
  description    = var.round
  execution_role = aws_iam_role.lifecycle.arn
  resource_type  = "AMI_IMAGE"
  tags           = { round = var.round }

  policy_detail {
    action {
      type = "DELETE"

      include_resources {
        amis      = true
        snapshots = true
      }
    }

    filter {
      type            = "AGE"
      value           = 6
      unit            = "MONTHS"
      retain_at_least = 5
    }
  }

  resource_selection {
    tag_map = { round = "any" }
  }
}

# What can be read

data "aws_imagebuilder_component" "inline" {
  arn = aws_imagebuilder_component.inline.arn
}

data "aws_imagebuilder_components" "own" {
  owner      = "Self"
  depends_on = [aws_imagebuilder_component.inline]

  filter {
    name   = "name"
    values = ["inline"]
  }
}

data "aws_imagebuilder_container_recipe" "web" {
  arn = aws_imagebuilder_container_recipe.web.arn
}

data "aws_imagebuilder_container_recipes" "own" {
  owner      = "Self"
  depends_on = [aws_imagebuilder_container_recipe.web]
}

data "aws_imagebuilder_distribution_configuration" "web" {
  arn = aws_imagebuilder_distribution_configuration.web.arn
}

data "aws_imagebuilder_distribution_configurations" "own" {
  depends_on = [aws_imagebuilder_distribution_configuration.web]
}

data "aws_imagebuilder_image" "managed" {
  arn = "${local.managed}:image/amazon-linux-2023-x86/x.x.x"
}

data "aws_ami" "managed" {
  owners = ["amazon"]

  filter {
    name   = "image-id"
    values = [one(one(data.aws_imagebuilder_image.managed.output_resources).amis).image]
  }
}

data "aws_imagebuilder_image_pipeline" "web" {
  arn = aws_imagebuilder_image_pipeline.web.arn
}

data "aws_imagebuilder_image_pipelines" "own" {
  depends_on = [aws_imagebuilder_image_pipeline.web]
}

data "aws_imagebuilder_image_recipe" "web" {
  arn = aws_imagebuilder_image_recipe.web.arn
}

data "aws_imagebuilder_image_recipes" "own" {
  owner      = "Self"
  depends_on = [aws_imagebuilder_image_recipe.web]
}

data "aws_imagebuilder_infrastructure_configuration" "web" {
  arn = aws_imagebuilder_infrastructure_configuration.web.arn
}

data "aws_imagebuilder_infrastructure_configurations" "own" {
  depends_on = [aws_imagebuilder_infrastructure_configuration.web]
}

output "ami" {
  value = one(one(aws_imagebuilder_image.web.output_resources).amis).image
}

output "managed_ami" {
  value = data.aws_ami.managed.id
}

output "names" {
  value = {
    components     = data.aws_imagebuilder_components.own.names
    containers     = data.aws_imagebuilder_container_recipes.own.names
    distributions  = data.aws_imagebuilder_distribution_configurations.own.names
    pipelines      = data.aws_imagebuilder_image_pipelines.own.names
    recipes        = data.aws_imagebuilder_image_recipes.own.names
    infrastructure = data.aws_imagebuilder_infrastructure_configurations.own.names
  }
}
