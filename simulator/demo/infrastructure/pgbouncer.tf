# PgBouncer: two tasks in front of the database.

resource "aws_ecs_task_definition" "pgbouncer" {
  family                   = "pgbouncer"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([
    {
      name  = "pgbouncer"
      image = "registry.example/pgbouncer:1.25.2"
      environment = [
        { name = "POOL_MODE", value = "transaction" },
        # For each PgBouncer: see the connection plan.
        { name = "DEFAULT_POOL_SIZE", value = "13" },
        { name = "MAX_CLIENT_CONN", value = "1000" },
      ]
    },
  ])
}
