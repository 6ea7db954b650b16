import { describe, expect, it } from '@jest/globals';
import type { InfrastructureCode, ReplicaEdit } from '../../shared/infrastructure-code/edit.ts';
import { code, diff, filesAfter, fixture, plan } from './support.ts';

const flat = fixture('flat');
const aurora = fixture('aurora');

const replica = (of: string, identifier: string): ReplicaEdit => ({
  kind: 'add-replica',
  of: { kind: 'instance', identifier: of },
  identifier,
});
const instance = (of: string, identifier: string): ReplicaEdit => ({
  kind: 'add-replica',
  of: { kind: 'cluster', identifier: of },
  identifier,
});
const add = (from: InfrastructureCode, edit: ReplicaEdit) => diff(plan(from, edit));
const first = plan(flat, replica('prod-records', 'prod-records-replica-1'));

describe('a read replica of an instance', () => {
  it('takes from the primary what it does not inherit', () => {
    expect(diff(first)).toEqual(
      [
        'resource "aws_db_instance" "prod_records_replica_1" {',
        '  identifier             = "prod-records-replica-1"',
        '  replicate_source_db    = aws_db_instance.records.identifier',
        '  instance_class         = "db.r6g.large"',
        '  max_allocated_storage  = 500',
        '  storage_type           = "gp3"',
        '  vpc_security_group_ids = ["sg-0a1b2c3d"]',
        '  deletion_protection    = true',
        '  skip_final_snapshot    = true',
        '',
        '  tags = {',
        '    Name    = "prod-records-replica-1"',
        '    Service = "records" # billed to the permit office',
        '  }',
        '}',
        '',
      ].map((line, index) => `database.tf:${27 + index}: +${line}`),
    );
  });

  it('is a copy of its sibling where there is one', () => {
    const second = plan(filesAfter(flat, first), replica('prod-records', 'prod-records-replica-2'));
    const text = second.kind === 'edited' ? second.values[0]?.after : '';
    const model = first.kind === 'edited' ? first.values[0]?.after : '';
    expect(text).toBe(model?.replaceAll('-1"', '-2"').replace('replica_1', 'replica_2'));
  });

  it('that is there already is not made again', () => {
    expect(add(filesAfter(flat, first), replica('prod-records', 'prod-records-replica-1'))).toEqual([
      'not needed: already-so at database.tf:27 (aws_db_instance.prod_records_replica_1)',
    ]);
  });

  it('needs backups', () => {
    expect(add(flat, replica('prod-sessions', 'r'))).toEqual([
      expect.stringContaining(
        'refused: needed-first: The resource at database.tf:27 needs backup_retention_period first',
      ),
    ]);
  });

  it('in a module that makes other databases, too, is refused', () => {
    expect(add(fixture('modules'), replica('production-orders', 'r'))).toEqual([
      expect.stringContaining('refused: shared: '),
    ]);
  });

  it('has a label that nobody has, and a name that is text', () => {
    const from = code({
      'a.tf':
        'resource "aws_db_instance" "a" {\r\n  identifier = "a"\r\n  backup_retention_period = 7\r\n}\r\n' +
        'resource "aws_db_instance" "_1_x_y" {\r\n  identifier = "b"\r\n}',
    });
    const result = plan(from, replica('a', '1-x ${y}'));
    expect(result).toMatchObject({ values: [{ name: 'aws_db_instance._1_x_y_' }] });
    expect(result.kind === 'edited' ? result.files[0]?.after : '').toContain('identifier          = "1-x $${y}"\r\n');
  });

  it('is made in folders that may be edited only', () => {
    expect(plan({ ...flat, editable: ['elsewhere'] }, replica('prod-records', 'r'))).toMatchObject({
      because: { code: 'path-not-allowed' },
    });
  });
});

describe('one more instance of an Aurora cluster', () => {
  it('is a copy of the last one', () => {
    expect(add(aurora, instance('prod-portal', 'prod-portal-2'))).toEqual(
      [
        'resource "aws_rds_cluster_instance" "prod_portal_2" {',
        '  identifier         = "prod-portal-2"',
        '  cluster_identifier = aws_rds_cluster.portal.id',
        '  instance_class     = "db.serverless"',
        '  engine             = aws_rds_cluster.portal.engine',
        '',
        '  tags = {',
        '    Name = "prod-portal-2"',
        '  }',
        '}',
        '',
      ].map((line, index) => `main.tf:${23 + index}: +${line}`),
    );
  });

  it('is one more to count where they are counted', () => {
    expect(add(aurora, instance('prod-search', 'unused'))).toEqual([
      'main.tf:39: -  default = 2',
      'main.tf:39: +  default = 3',
    ]);
  });

  it('is refused where they are made with for_each, and where there is none', () => {
    const cluster = 'resource "aws_rds_cluster" "a" {\n  cluster_identifier = "a"\n}\n';
    const each =
      'resource "aws_rds_cluster_instance" "a" {\n  for_each = toset(["x"])\n  cluster_identifier = aws_rds_cluster.a.id\n}\n';
    expect(add(code({ 'a.tf': cluster + each }), instance('a', 'b'))).toEqual([
      expect.stringContaining('refused: repeated: '),
    ]);
    expect(add(code({ 'a.tf': cluster }), instance('a', 'b'))).toEqual([
      expect.stringContaining('refused: not-found: '),
    ]);
  });
});
