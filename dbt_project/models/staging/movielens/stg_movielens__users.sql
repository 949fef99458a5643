with

source as (

    select * from {{ source('movielens', 'users') }}

),

renamed as (

    select
        -- ids
        cast(user_id as integer) as user_id,

        -- texts
        cast(gender as varchar) as gender,
        cast(occupation as varchar) as occupation,
        cast(zip_code as varchar) as zip_code,

        -- numerics
        cast(age as integer) as age

    from source

)

select * from renamed
