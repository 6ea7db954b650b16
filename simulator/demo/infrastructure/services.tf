# The scaling of the services, as the platform team wrote it.

locals {
  cluster = "production"

  # Tasks on an ordinary day.
  core_api = { least = 2, most = 10 }
  portal   = { least = 2, most = 8 } # the news may need more
}

resource "aws_appautoscaling_target" "core_api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${local.cluster}/core-api"
  min_capacity       = local.core_api.least
  max_capacity       = local.core_api.most
}

resource "aws_appautoscaling_target" "portal" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${local.cluster}/portal"
  min_capacity       = local.portal.least
  max_capacity       = local.portal.most
}

resource "aws_appautoscaling_target" "telemetry_api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${local.cluster}/telemetry-api"
  min_capacity       = 2
  max_capacity       = 6
}
